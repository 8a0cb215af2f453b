package io.pawline.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every live instruction is given with: where to, who says so and why. */
final class InstructionOptions {

    @Mixin
    private ControlConnection connection;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            defaultValue = "${sys:user.name}",
            description = "Who says so (default: ${DEFAULT-VALUE}).")
    private String by;

    @Option(names = "--why", paramLabel = "TEXT", required = true, description = "The reason, for the log.")
    private String why;

    ControlConnection connection() {
        return connection;
    }

    String by() {
        return by;
    }

    String why() {
        return why;
    }
}
