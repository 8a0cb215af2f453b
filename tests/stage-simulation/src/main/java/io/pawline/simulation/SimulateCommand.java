package io.pawline.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs worlds by their seeds, and tells of those in which something does not hold. */
@Command(
        name = "pawline simulate",
        mixinStandardHelpOptions = true,
        description = "Runs the stage runtime in simulated worlds. A seed is a world, and always the same one.")
public final class SimulateCommand implements Callable<Integer> {

    @Option(names = "--seeds", defaultValue = "300", description = "Number of worlds. Default: ${DEFAULT-VALUE}")
    private int seeds;

    @Option(names = "--from", defaultValue = "1", description = "First seed. Default: ${DEFAULT-VALUE}")
    private long from;

    @Option(names = "--seed", description = "Run the world of this seed only.")
    private @Nullable Long seed;

    @Option(names = "--faults", split = ",", description = "With --seed: let only the faults of these numbers happen.")
    private @Nullable List<Integer> faults;

    @Option(names = "--trace", description = "With --seed: print each event of the world.")
    private boolean trace;

    @Option(
            names = "--mechanisms",
            description = "Switch each mechanism of the runtime off, and print how many worlds it takes to find it.")
    private boolean mechanisms;

    @Option(
            names = "--world",
            defaultValue = "accidents",
            description =
                    "accidents: two stages, and whatever goes wrong; afternoon: that of the incident report, with its"
                            + " providers. Default: ${DEFAULT-VALUE}")
    private Kind world = Kind.ACCIDENTS;

    /** Names the kinds of worlds. */
    enum Kind {
        ACCIDENTS,
        AFTERNOON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static void main(String... arguments) {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        System.exit(commandLine().execute(arguments));
    }

    public static CommandLine commandLine() {
        return new CommandLine(new SimulateCommand()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        if (world == Kind.AFTERNOON) {
            List<Afternoon.Result> afternoons = Afternoon.runAll(seed == null ? from : seed, seed == null ? seeds : 1);
            System.out.println(WorldReport.ofAfternoons(afternoons));
            return afternoons.stream().allMatch(afternoon -> afternoon.failure() == null) ? 0 : 1;
        }
        if (mechanisms) {
            List<MechanismTable.Row> rows = MechanismTable.of(Mechanism.ALL, seeds);
            System.out.println(WorldReport.table(rows));
            return rows.stream().allMatch(row -> row.failure().isPresent()) ? 0 : 1;
        }
        if (seed != null) {
            Simulation.Result result = trace ? traced(seed) : Simulation.run(seed, faults, null);
            System.out.println(WorldReport.of(result));
            return result.failed() ? 1 : 0;
        }
        long began = System.nanoTime();
        List<Simulation.Result> results = Simulation.runAll(from, seeds);
        List<Simulation.Result> failed =
                results.stream().filter(Simulation.Result::failed).toList();
        failed.stream().limit(3).forEach(result -> System.out.println(WorldReport.ofShortened(result)));
        System.out.println(WorldReport.summary(results, System.nanoTime() - began));
        return failed.isEmpty() ? 0 : 1;
    }

    /** Runs one world, and prints its events among all that the runtime logs. */
    private Simulation.Result traced(long traced) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.pawline");
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        AppenderBase<ILoggingEvent> printing = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                System.out.println("              [" + event.getThreadName() + "] " + event.getFormattedMessage());
                if (event.getThrowableProxy() != null) {
                    System.out.println(ThrowableProxyUtil.asString(event.getThrowableProxy()));
                }
            }
        };
        printing.start();
        logger.addAppender(printing);
        return Simulation.run(traced, faults, System.out::println);
    }
}
