package io.pawline.local;

import io.pawline.simulator.Profile;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the simulated providers alone, for services that run elsewhere. */
@Command(
        name = "simulator",
        description =
                "Runs the simulated providers until Ctrl-C. Keys come from the environment as the services have them:"
                        + " PAWLINE_ARK_APIKEY, PAWLINE_MATTING_ACCESSKEY, PAWLINE_MATTING_SECRETKEY, PAWLINE_CALLBACK_SECRETS.",
        mixinStandardHelpOptions = true)
final class SimulatorCommand implements Callable<Integer> {

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address of this machine, 0.0.0.0 for all (default: ${DEFAULT-VALUE}).")
    private String address;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8089",
            description = "Where it listens (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description =
                    "Where others reach it, which the pictures' addresses begin with (default: http://ADDRESS:PORT).")
    private @Nullable URI publicUrl;

    @Option(
            names = "--profile",
            paramLabel = "NAME|FILE",
            defaultValue = "default",
            description = "How the providers behave: ${DEFAULT-VALUE}, instant, or a YAML file.")
    private String profile;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Profile chosen =
                Files.isRegularFile(Path.of(profile)) ? Profile.load(Path.of(profile)) : Profile.bundled(profile);
        ProviderSimulator simulator = new ProviderSimulator(options(chosen), Clock.systemUTC());
        URI url = publicUrl == null ? URI.create("http://" + address + ":" + port) : publicUrl;
        try {
            simulator.start(InetAddress.getByName(address), url);
        } catch (IOException taken) {
            simulator.close();
            throw new IOException("the provider simulator cannot listen on " + address + ":" + port, taken);
        }
        UntilStopped.close(simulator::close);
        new Terminal().step("the simulated providers are at " + url);
        UntilStopped.await();
        return 0;
    }

    private SimulatorOptions options(Profile chosen) {
        try {
            return new SimulatorOptions(
                    port,
                    key("PAWLINE_ARK_APIKEY").orElse(LocalSettings.ARK_API_KEY),
                    key("PAWLINE_MATTING_ACCESSKEY").orElse(LocalSettings.ACCESS_KEY),
                    key("PAWLINE_MATTING_SECRETKEY").orElse(LocalSettings.SECRET_KEY),
                    // While secrets rotate, the newest is first
                    key("PAWLINE_CALLBACK_SECRETS").map(secrets -> secrets.split(",", -1)[0].strip()),
                    chosen);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static Optional<String> key(String variable) {
        return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
    }
}
