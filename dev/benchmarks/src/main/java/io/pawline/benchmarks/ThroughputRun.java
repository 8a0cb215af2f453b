package io.pawline.benchmarks;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.LogFile;
import io.pawline.local.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.util.FileSystemUtils;

/**
 * Measures the throughput of the whole pipeline. The pipeline runs in this JVM, as with {@code ./pawline up}, and
 * PostgreSQL beside it. A front end posts tasks over HTTP and takes the callbacks. Each warm run comes after a warm-up:
 * first with the image work left out, since what that shares with the other is then compiled in half the time; then
 * with new services, and with images. A cold run is the first that this JVM does.
 */
final class ThroughputRun {

    private static final int PACED_PER_SECOND = 20;

    /** With far more open at once, callbacks are parked by the thousand, and each costs a second hop. */
    private static final int WARM_UP_AT_ONCE = 2_000;

    private record Measured(double tasksPerSecond, Map<String, Double> cpuMillisByPart) {

        double cpuMillisPerTask() {
            return cpuMillisByPart.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
        }
    }

    private final int tasks;
    private final int side;
    private final boolean ops;
    private final int pacedSeconds;
    private final Journal journal;

    /**
     * A run of the pipeline.
     *
     * @param tasks that are measured
     * @param side of the pictures, in pixels; few are drawn, and the simulator keeps them
     * @param ops whether ops-service runs as well
     */
    ThroughputRun(int tasks, int side, boolean ops, int pacedSeconds, Journal journal) {
        this.tasks = tasks;
        this.side = side;
        this.ops = ops;
        this.pacedSeconds = pacedSeconds;
        this.journal = journal;
    }

    /** @param warmUpTasks before the run without images; a third of them before the other */
    ThroughputFigures measure(int warmUpTasks) throws Exception {
        return with((load, services) -> {
            Measured without;
            try (LocalServices _ = services.start(WithoutImages::adapt)) {
                load.warmUp(warmUpTasks);
                without = load.measure("image work left out");
            }
            Run paced = new Run(PACED_PER_SECOND * pacedSeconds);
            try (LocalServices _ = services.start((_, _) -> {})) {
                load.warmUp(warmUpTasks / 3);
                load.paced(paced);
                return figures(load.measure("with images"), without, paced, load);
            }
        });
    }

    /** Measures the first tasks of this JVM, and the latency after them. */
    ThroughputFigures measureCold() throws Exception {
        return with((load, services) -> {
            Run paced = new Run(PACED_PER_SECOND * pacedSeconds);
            try (LocalServices _ = services.start((_, _) -> {})) {
                Measured first = load.measure("with images");
                load.paced(paced);
                return figures(first, null, paced, load);
            }
        });
    }

    private interface Services {
        LocalServices start(BiConsumer<String, SpringApplication> adapt);
    }

    private interface Measurement {
        ThroughputFigures of(Load load, Services services) throws Exception;
    }

    private ThroughputFigures with(Measurement measurement) throws Exception {
        Path folder = Files.createTempDirectory("pawline-bench");
        LogFile.in(folder.resolve("logs"));
        Ports ports = Ports.anyFree();
        byte[] photo = SamplePhoto.jpeg();
        journal.step("starting the local stack in " + folder);
        try (LocalStack stack =
                        LocalStack.start(new LocalStack.Options(folder, ports, Optional.of("instant")), _ -> {});
                FrontEndServer frontEnd = new FrontEndServer(LocalStack.WEBHOOK_SECRET, photo)) {
            Path settings = settings(folder);
            Submitter submitter = new Submitter(
                    URI.create("http://127.0.0.1:" + ports.ingest()), frontEnd.photoUrl(), frontEnd.callbackUrl());
            Processes processes = Processes.withDatabase(folder.resolve("postgres"));
            Load load = new Load(submitter, frontEnd, processes, photo.length);
            return measurement.of(load, adapt -> services(stack, settings, adapt));
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    private ThroughputFigures figures(Measured with, @Nullable Measured without, Run paced, Load load) {
        double all = with.cpuMillisPerTask();
        return new ThroughputFigures(
                tasks,
                without == null,
                ops,
                rounded(with.tasksPerSecond()),
                without == null ? null : rounded(without.tasksPerSecond()),
                PACED_PER_SECOND,
                paced.tasks(),
                rounded(paced.quantileMillis(0.5)),
                rounded(paced.quantileMillis(0.99)),
                rounded(all),
                rounded(all - with.cpuMillisByPart().getOrDefault(CpuParts.LOAD, 0.0)),
                without == null ? null : rounded(without.cpuMillisPerTask()),
                with.cpuMillisByPart(),
                load.processes.residentMegabytes(),
                side + "x" + side,
                load.photoBytes,
                Machine.here());
    }

    private LocalServices services(LocalStack stack, Path settings, BiConsumer<String, SpringApplication> adapt) {
        journal.step("starting the services");
        return ops
                ? LocalServices.start(stack.settings(), Optional.of(settings), adapt, _ -> {})
                : LocalServices.startPipeline(stack.settings(), Optional.of(settings), adapt);
    }

    private Path settings(Path folder) throws IOException {
        return Files.writeString(folder.resolve("bench.properties"), """
                pawline.generate.model=doubao-seedream-3-0-t2i-250415
                pawline.generate.size=%dx%d
                pawline.ingest.collapse-window=0s
                pawline.ingest.backlog.free-tasks=1000000000
                """.formatted(side, side));
    }

    private static double rounded(double figure) {
        return Math.round(figure * 100) / 100.0;
    }

    private final class Load {

        private final Submitter submitter;
        private final FrontEndServer frontEnd;
        private final Processes processes;
        private final int photoBytes;

        Load(Submitter submitter, FrontEndServer frontEnd, Processes processes, int photoBytes) {
            this.processes = processes;
            this.submitter = submitter;
            this.frontEnd = frontEnd;
            this.photoBytes = photoBytes;
        }

        void warmUp(int total) throws InterruptedException {
            for (int left = total; left > 0; left -= WARM_UP_AT_ONCE) {
                run("warm-up, %d are left".formatted(left), new Run(Math.min(left, WARM_UP_AT_ONCE)));
            }
        }

        void paced(Run run) throws InterruptedException {
            journal.step(run.tasks() + " tasks, " + PACED_PER_SECOND + " a second");
            frontEnd.expect(run);
            submitter.postPaced(run, PACED_PER_SECOND);
            run.await();
            journal.step("  p50 %.1f ms, p99 %.1f ms".formatted(run.quantileMillis(0.5), run.quantileMillis(0.99)));
        }

        Measured measure(String what) throws IOException, InterruptedException {
            Run run = new Run(tasks);
            Map<String, Double> cpu;
            try (CpuProfile profile = new CpuProfile(processes)) {
                run(what, run);
                cpu = profile.stop(tasks);
            }
            Measured measured = new Measured(run.tasksPerSecond(), cpu);
            journal.step("  %.2f ms of CPU per task".formatted(measured.cpuMillisPerTask()));
            return measured;
        }

        private void run(String what, Run run) throws InterruptedException {
            journal.step(run.tasks() + " tasks, " + what);
            frontEnd.expect(run);
            submitter.postAtOnce(run);
            journal.step("  all accepted, %d of them not at once".formatted(run.timesPostponed()));
            run.await();
            journal.step("  all called back, %.1f a second".formatted(run.tasksPerSecond()));
            if (run.strangers() > 0) {
                journal.step("  callbacks of tasks of earlier runs: " + run.strangers());
            }
        }
    }
}
