package io.pawline.local;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Reads the options of the commands that keep a stack running. */
final class StackOptions {

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".pawline",
            description = "Folder of all data and logs (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--no-simulator", description = "Call the real providers, as the settings name them.")
    private boolean noSimulator;

    @Option(
            names = "--simulator-profile",
            paramLabel = "NAME|FILE",
            defaultValue = "default",
            description = "How the simulated providers behave: ${DEFAULT-VALUE}, instant, incident, or a YAML file.")
    private String profile;

    @Option(
            names = "--ports",
            paramLabel = "BASE",
            defaultValue = "8080",
            description = "First of the twelve ports used (default: ${DEFAULT-VALUE}).")
    private int basePort;

    LocalStack.Options stack() {
        Path data = folder.toAbsolutePath().normalize();
        LogFile.in(data.resolve("logs"));
        return new LocalStack.Options(
                data, Ports.from(basePort), noSimulator ? Optional.empty() : Optional.of(profile));
    }
}
