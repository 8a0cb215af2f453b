package io.pawline.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The operator's commands, against a system that stands elsewhere: {@code pawline.jar} and its image. */
@Command(
        name = "pawline",
        description = "Operates a Pawline that runs elsewhere.",
        mixinStandardHelpOptions = true,
        versionProvider = OperatorCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TopicsCommand.class,
            ControlsCommand.class,
            KeysCommand.class,
            DeadLettersCommand.class,
            ReportCommand.class
        })
public final class OperatorCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The commands, with failures told in one line. */
    public static CommandLine commandLine() {
        return new CommandLine(new OperatorCommand()).setExecutionExceptionHandler((failure, line, _) -> {
            line.getErr().println("pawline: " + Failures.inOneLine(failure));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    /** The version that the build wrote into the jar. */
    public static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = OperatorCommand.class.getPackage().getImplementationVersion();
            return new String[] {"pawline " + (version == null ? "(not packaged)" : version)};
        }
    }
}
