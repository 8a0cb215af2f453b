package io.pawline.benchmarks;

import io.pawline.cli.terminal.Failures;
import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.LogFile;
import io.pawline.local.Ports;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.util.FileSystemUtils;

/**
 * Replays the afternoon of the incident report against the whole system in this JVM, as {@code ./pawline up} starts it:
 * once with the report's policy, once with Pawline's.
 */
final class Incident {

    private static final Clock CLOCK = Clock.systemUTC();

    /** A side is one of the two systems that have to pass the afternoon. */
    enum Side {
        /** The same pipeline with the report's policy. */
        CONTROL,
        PAWLINE
    }

    private static final int PORT_OF_CHOICE = 0;

    private final IncidentDay day;
    private final boolean withSecond;
    private final int warmUpTasks;
    private final Journal journal;
    private final @Nullable Path json;

    /**
     * @param withSecond whether Pawline knows the scenario's second provider
     * @param json where the figures will be written; Pawline's own report goes beside it; null: nowhere
     */
    Incident(IncidentDay day, boolean withSecond, int warmUpTasks, Journal journal, @Nullable Path json) {
        this.day = day;
        this.withSecond = withSecond;
        this.warmUpTasks = warmUpTasks;
        this.journal = journal;
        this.json = json;
    }

    /** Replays the afternoon with both sides. */
    IncidentFigures replay() throws Exception {
        IncidentWarmUp.pass(warmUpTasks, journal);
        SideFigures control = run(Side.CONTROL);
        return new IncidentFigures(day.tasks(), day.scale(), control, run(Side.PAWLINE), Machine.here());
    }

    /** Replays the afternoon with one side; the figures have no other. */
    IncidentFigures replay(Side side) throws Exception {
        IncidentWarmUp.pass(warmUpTasks, journal);
        SideFigures figures = run(side);
        return new IncidentFigures(
                day.tasks(),
                day.scale(),
                side == Side.CONTROL ? figures : null,
                side == Side.PAWLINE ? figures : null,
                Machine.here());
    }

    private SideFigures run(Side side) throws Exception {
        Path folder = Files.createTempDirectory("pawline-incident");
        LogFile.in(folder.resolve("logs"));
        Ports ports = Ports.anyFree();
        journal.step(
                switch (side) {
                    case CONTROL -> "the control: the report's policy";
                    case PAWLINE -> "Pawline";
                });
        SimulatorOptions options =
                SimulatorOptions.of(day.profile(), PORT_OF_CHOICE).withWebhookSecret(LocalStack.WEBHOOK_SECRET);
        try (LocalStack stack = LocalStack.start(new LocalStack.Options(folder, ports, Optional.empty()), _ -> {});
                ProviderSimulator simulator = new ProviderSimulator(options, Clock.systemUTC());
                ProviderSimulator second = new ProviderSimulator(
                        SimulatorOptions.of(day.second().orElseGet(day::profile), PORT_OF_CHOICE), Clock.systemUTC());
                FrontEndServer pets = new FrontEndServer(LocalStack.WEBHOOK_SECRET, SamplePhoto.jpeg());
                FrontEndServer walls = new FrontEndServer(LocalStack.WEBHOOK_SECRET, SamplePhoto.ofAWall())) {
            simulator.start();
            second.start();
            IncidentSettings settings = switch (side) {
                case CONTROL -> IncidentSettings.ofTheReport(day, simulator.baseUrl());
                case PAWLINE ->
                    IncidentSettings.ofPawline(
                            day, simulator.baseUrl(), withSecond ? Optional.of(second.baseUrl()) : Optional.empty());
            };
            BiConsumer<String, SpringApplication> withoutImages = WithoutImages::adapt;
            BiConsumer<String, SpringApplication> adapt = side == Side.CONTROL ? ReportPolicy::adapt : (_, _) -> {};
            try (LocalServices _ = LocalServices.start(
                    stack.settings(),
                    Optional.of(settings.write(folder.resolve("day.properties"))),
                    withoutImages.andThen(adapt),
                    _ -> {})) {
                LoadGenerator loadGenerator = new LoadGenerator(
                        URI.create("http://127.0.0.1:" + ports.ingest()),
                        pets.photoUrl(),
                        walls.photoUrl(),
                        simulator.baseUrl().resolve("/callbacks"),
                        day.real(IncidentAfternoon.PATIENCE),
                        day.real(IncidentAfternoon.BETWEEN_LOOKS));
                simulator.onCallback((task, _) -> loadGenerator.notified(task));
                Instant before = CLOCK.instant();
                SideFigures figures =
                        new IncidentAfternoon(day, side, journal, simulator, loadGenerator, stack.settings()).pass();
                if (side == Side.PAWLINE && json != null) {
                    keepReport(URI.create("http://127.0.0.1:" + ports.ops()), before, json.toAbsolutePath());
                }
                return figures;
            }
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    /** Keeps Pawline's own report; without it the figures are still valid. */
    private void keepReport(URI ops, Instant since, Path beside) {
        try {
            OwnReport.keep(ops, since, beside);
        } catch (IOException none) {
            journal.step("  " + Failures.inOneLine(none));
        }
    }
}
