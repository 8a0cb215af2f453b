package io.pawline.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says of a live control which way it goes, who gives it, and why. */
final class ControlOptions {

    @Mixin
    private ControlClient controls;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who says so, beside the name of the API key (default: without a key, the user of this"
                    + " machine).")
    private @Nullable String by;

    @Option(names = "--why", paramLabel = "TEXT", required = true, description = "The reason, for log and audit.")
    private String why;

    /** Gives a control. */
    void give(String path, Map<String, Object> fields, ControlClient.Published published) {
        controls.give(path, fields, published, by, why);
    }

    /** Says whether the controls go straight to Kafka. */
    boolean overKafka() {
        return controls.overKafka();
    }
}
