package io.pawline.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The launcher behind {@code ./pawline}. */
@Command(
        name = "pawline",
        description = "A photo of a pet in, a stylised cut-out back.",
        mixinStandardHelpOptions = true,
        versionProvider = PawlineCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            InfraCommand.class,
            TopicsCommand.class,
            ControlsCommand.class,
            KeysCommand.class,
            DeadLettersCommand.class,
            SimulatorCommand.class,
            CheckCommand.class,
            ReportCommand.class
        },
        footer = {
            "",
            "Besides, without this program:",
            "  ./pawline build      builds everything",
            "  ./pawline test       runs every test",
            "  ./pawline bench      measures it on this machine",
            "  ./pawline incident   lives through the incident's afternoon again",
        })
public final class PawlineCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The launcher's commands, with failures told in one line. */
    static CommandLine commandLine() {
        return new CommandLine(new PawlineCommand()).setExecutionExceptionHandler((failure, line, _) -> {
            line.getErr().println("pawline: " + Failures.inOneLine(failure));
            LogFile.path().ifPresent(log -> line.getErr().println("pawline: the log is " + log));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = PawlineCommand.class.getPackage().getImplementationVersion();
            return new String[] {"pawline " + (version == null ? "(not packaged)" : version)};
        }
    }
}
