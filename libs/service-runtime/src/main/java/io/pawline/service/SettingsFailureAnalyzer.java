package io.pawline.service;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Has Spring say in words, and without a stack trace, what is wrong with the settings. */
final class SettingsFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownSettingsException unknown -> {
                    return new FailureAnalysis(
                            String.valueOf(unknown.getMessage()),
                            "Correct these names, or remove the settings. All names are in docs/operator/configuration.md.",
                            unknown);
                }
                case UnreadableSettingsException unreadable -> {
                    return new FailureAnalysis(
                            String.valueOf(unreadable.getMessage()), "Correct the file at this place.", unreadable);
                }
                default -> {
                    // The next cause may be one of them
                }
            }
        }
        return null;
    }
}
