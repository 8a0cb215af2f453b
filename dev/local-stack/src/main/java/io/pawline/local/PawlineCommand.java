package io.pawline.local;

import io.pawline.cli.OperatorCommand;
import io.pawline.cli.terminal.Failures;
import io.pawline.schemas.TopicPrefix;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the launcher's commands and the operator's: the program behind {@code ./pawline}. */
@Command(
        name = "pawline",
        description = "A photo of a pet in, a stylised cut-out back.",
        mixinStandardHelpOptions = true,
        versionProvider = OperatorCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            InfraCommand.class,
            SimulatorCommand.class,
            SmokeCommand.class
        },
        footer = {
            "",
            "Besides, without this program:",
            "  ./pawline build      builds what the launcher needs",
            "  ./pawline test       runs every test; test quick: those without a broker",
            "  ./pawline mutate     says which changes of a module no test notices",
            "  ./pawline simulate   runs the stage runtime in simulated worlds",
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

    /** The launcher's commands and the operator's, which report a failure in one line. */
    public static CommandLine commandLine() {
        CommandLine launcher = new CommandLine(new PawlineCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        OperatorCommand.commandLine().getSubcommands().forEach(launcher::addSubcommand);
        launcher.setExecutionStrategy(PawlineCommand::run);
        return launcher.setExecutionExceptionHandler((failure, line, _) -> {
            if (UntilStopped.stopping()) {
                return CommandLine.ExitCode.SOFTWARE;
            }
            line.getErr().println("pawline: " + Failures.inOneLine(failure));
            LogFile.path().ifPresent(log -> line.getErr().println("pawline: the log is " + log));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    /** Runs the command; an {@link Error} is a failure like others, for example of a class that cannot be loaded. */
    private static int run(CommandLine.ParseResult parsed) {
        try {
            TopicPrefix.configured();
        } catch (IllegalArgumentException wrong) {
            throw new CommandLine.ExecutionException(
                    parsed.commandSpec().commandLine(), Failures.inOneLine(wrong), wrong);
        }
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (LinkageError failed) {
            throw new CommandLine.ExecutionException(
                    parsed.commandSpec().commandLine(), Failures.inOneLine(failed), failed);
        }
    }
}
