package io.pawline.service;

import java.util.List;
import java.util.stream.Collectors;

/** Says which settings have names that the service does not know. It ends the start. */
final class UnknownSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param settings each in words, with where it stands */
    UnknownSettingsException(List<String> settings) {
        super(settings.stream()
                .map(setting -> "\n    " + setting)
                .collect(Collectors.joining(
                        "", "There are settings with unknown names, which would have no effect:\n", "")));
    }
}
