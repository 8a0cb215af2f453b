package io.pawline.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says of a live control where it is published, who gives it, and why. */
final class ControlOptions {

    @Mixin
    private ControlClient controls;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            defaultValue = "${sys:user.name}",
            description = "Who says so (default: ${DEFAULT-VALUE}).")
    private String by;

    @Option(names = "--why", paramLabel = "TEXT", required = true, description = "The reason, for the log.")
    private String why;

    ControlClient controls() {
        return controls;
    }

    String by() {
        return by;
    }

    String why() {
        return why;
    }
}
