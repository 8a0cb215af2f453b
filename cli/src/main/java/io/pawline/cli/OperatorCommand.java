package io.pawline.cli;

import io.pawline.cli.connection.Environment;
import io.pawline.cli.terminal.Failures;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the operator's commands against a system that stands elsewhere: {@code pawline-cli.jar} and its image. */
@Command(
        name = "pawline",
        description = "Operates a Pawline that runs elsewhere.",
        mixinStandardHelpOptions = true,
        versionProvider = OperatorCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            AlertsCommand.class,
            CheckCommand.class,
            TopicsCommand.class,
            ControlsCommand.class,
            KeysCommand.class,
            TasksCommand.class,
            CallbacksCommand.class,
            DeadLettersCommand.class,
            ReportCommand.class
        })
public final class OperatorCommand implements Runnable {

    private static final String LOG_SETTINGS = "logback.configurationFile";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        // Not as logback.xml, which would be found beside that of the launcher, too
        if (System.getProperty(LOG_SETTINGS) == null) {
            System.setProperty(LOG_SETTINGS, "pawline-cli-logback.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** Makes the commands, which report a failure in one line. */
    public static CommandLine commandLine() {
        return commandLine(Environment.ofProcess());
    }

    /** Makes the same commands for another environment. */
    static CommandLine commandLine(Environment environment) {
        return new CommandLine(new OperatorCommand(), new OptionsFactory(environment))
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("pawline: " + Failures.inOneLine(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    /** Shows the version that the build wrote into the jar. */
    public static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = OperatorCommand.class.getPackage().getImplementationVersion();
            return new String[] {"pawline " + (version == null ? "(not packaged)" : version)};
        }
    }
}
