package io.pawline.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Replays the day of the incident, with the report's policy and with Pawline's. */
@Command(
        name = "incident",
        description =
                "The afternoon of the incident report again, in minutes: the same pipeline with the report's policy,"
                        + " then Pawline as it is. No setting says what the providers can handle.",
        mixinStandardHelpOptions = true)
final class IncidentCommand implements Callable<Integer> {

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "4926",
            description = "Tasks that people submit (default: ${DEFAULT-VALUE}); the providers shrink with them. The"
                    + " report's day had " + IncidentDay.TASKS_OF_THE_REPORT + ".")
    private int tasks;

    @Option(
            names = "--scale",
            paramLabel = "X",
            defaultValue = "60",
            description = "How much faster time passes (default: ${DEFAULT-VALUE}).")
    private double scale;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "4000",
            description = "Tasks before the day, against providers that answer at once (default: ${DEFAULT-VALUE}).")
    private int warmUpTasks;

    @Option(
            names = "--scenario",
            paramLabel = "SCENARIO",
            defaultValue = "REPORT",
            description = "report: the afternoon as it was (default); matting-dead: the matting provider is dead for 30"
                    + " minutes, and a model of one's own stands by; second-model: a second text-to-image provider of a"
                    + " third of the capacity. The last two are for Pawline alone.")
    private IncidentScenario scenario;

    @Option(
            names = "--without-second",
            description = "Leaves the scenario's second provider out, to see what it is good for.")
    private boolean withoutSecond;

    @Option(names = "--side", paramLabel = "SIDE", description = "Only one of them: control or pawline.")
    private Incident.@Nullable Side side;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes the figures into this file, and Pawline's own report of the time beside it.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (tasks < 100 || !(scale >= 1) || warmUpTasks < 0) {
            throw new ParameterException(spec.commandLine(), "--tasks must be >= 100, --scale >= 1, --warm-up >= 0");
        }
        if (scenario != IncidentScenario.REPORT && side != Incident.Side.PAWLINE) {
            throw new ParameterException(spec.commandLine(), "the control has one provider: add --side pawline");
        }
        Incident incident = new Incident(
                new IncidentDay(tasks, scale, scenario), !withoutSecond, warmUpTasks, new Journal(System.err), json);
        IncidentFigures figures = side == null ? incident.replay() : incident.replay(side);
        spec.commandLine().getOut().println(figures.table());
        if (json != null) {
            figures.write(json);
        }
        return 0;
    }
}
