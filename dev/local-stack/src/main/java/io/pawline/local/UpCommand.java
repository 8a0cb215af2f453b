package io.pawline.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the whole system in this process. */
@Command(
        name = "up",
        description = "Runs the whole system until Ctrl-C and keeps its data: the next start on the same folder"
                + " finishes what was under way.",
        mixinStandardHelpOptions = true)
final class UpCommand implements Runnable {

    @Mixin
    private StackOptions options;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Spring properties or YAML file that overrides any setting of any service.")
    private @Nullable Path config;

    /** Who removes the backgrounds. */
    enum Matting {
        PROVIDER,
        MODEL,
        STANDBY
    }

    @Option(
            names = "--matting",
            paramLabel = "WHO",
            defaultValue = "provider",
            description = "Who removes the backgrounds: provider, simulated or real; model, which is a model on this"
                    + " machine; standby, which is the model if the provider does not answer (default:"
                    + " ${DEFAULT-VALUE}).")
    private Matting matting;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        if (config != null && !Files.isReadable(config)) {
            throw new ParameterException(spec.commandLine(), "--config: no readable file " + config);
        }
        Terminal terminal = new Terminal();
        LocalStack.Options chosen = switch (matting) {
            case PROVIDER -> options.stack();
            case MODEL -> options.stack().withMattingModel();
            case STANDBY -> options.stack().withMattingModel().asStandby();
        };
        LocalStack stack = new LocalStack(chosen, part -> terminal.step("starting " + part));
        AtomicReference<LocalServices> services = new AtomicReference<>();
        UntilStopped.close(() -> {
            terminal.step("stopping");
            LocalServices running = services.get();
            if (running != null) {
                running.close();
            }
            stack.close();
        });
        stack.start();
        try {
            services.set(LocalServices.start(
                    stack.settings(), Optional.ofNullable(config), name -> terminal.step("starting " + name)));
        } catch (RuntimeException failed) {
            stack.close();
            throw failed;
        }
        terminal.step("ready. Ctrl-C stops it; the data stay in " + chosen.folder());
        describe(terminal, chosen);
        UntilStopped.await();
    }

    private static void describe(Terminal terminal, LocalStack.Options chosen) {
        String ingest = "http://127.0.0.1:" + chosen.ports().ingest();
        String ops = "http://127.0.0.1:" + chosen.ports().ops();
        terminal.line("");
        terminal.line("  console                   " + ops);
        terminal.line("  submit and follow tasks   " + ingest + "/v1/tasks");
        terminal.line("  dead letters              " + ops + "/v1/dead-letters/groups");
        chosen.simulator().ifPresent(_ -> {
            String simulator = "http://127.0.0.1:" + chosen.ports().simulator();
            terminal.line("  callbacks received        " + simulator + "/callbacks");
            terminal.line("  what the providers saw    " + simulator + "/stats");
        });
        LogFile.path().ifPresent(log -> terminal.line("  log                       " + log));
        terminal.line("");
        terminal.line("Try:");
        terminal.line("  curl -F image=@dev/provider-simulator/src/main/resources/sample/cat.png -F style=watercolor "
                + ingest + "/v1/tasks");
        terminal.line("");
    }
}
