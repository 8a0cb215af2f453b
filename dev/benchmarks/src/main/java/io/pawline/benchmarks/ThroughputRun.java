package io.pawline.benchmarks;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.LogFile;
import io.pawline.local.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.springframework.boot.SpringApplication;
import org.springframework.util.FileSystemUtils;

/**
 * Measures the throughput of the whole pipeline. The pipeline runs in this JVM, as with {@code ./pawline up}, and
 * PostgreSQL beside it. A front end posts tasks over HTTP and takes the callbacks. Each measured run comes after a
 * warm-up: first with the image work left out, since what that shares with the other is then compiled in half the time;
 * then with new services, and with images.
 */
final class ThroughputRun {

    private static final int PACED_PER_SECOND = 20;

    /** With far more open at once, callbacks are parked by the thousand, and each costs a second hop. */
    private static final int WARM_UP_AT_ONCE = 2_000;

    // The smallest that the model has; its photos, prompts and pictures are few, and the simulator keeps them.
    private static final String CUT_OUT = "512x512";

    private record Measured(double tasksPerSecond, double cpuMillisPerTask) {}

    private final int tasks;
    private final int warmUpTasks;
    private final int pacedSeconds;
    private final Journal journal;

    ThroughputRun(int tasks, int warmUpTasks, int pacedSeconds, Journal journal) {
        this.tasks = tasks;
        this.warmUpTasks = warmUpTasks;
        this.pacedSeconds = pacedSeconds;
        this.journal = journal;
    }

    ThroughputFigures measure() throws Exception {
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
            Load load = new Load(submitter, frontEnd, processes);
            Run paced = new Run(PACED_PER_SECOND * pacedSeconds);
            Measured without;
            try (LocalServices _ = services(stack, settings, WithoutImages::adapt)) {
                load.warmUp(warmUpTasks);
                without = load.measure("image work left out");
            }
            Measured withImages;
            long rss;
            try (LocalServices _ = services(stack, settings, (_, _) -> {})) {
                load.warmUp(warmUpTasks / 3);
                load.paced(paced);
                withImages = load.measure("with images");
                rss = processes.residentMegabytes();
            }
            return new ThroughputFigures(
                    tasks,
                    rounded(withImages.tasksPerSecond()),
                    rounded(without.tasksPerSecond()),
                    PACED_PER_SECOND,
                    paced.tasks(),
                    rounded(paced.quantileMillis(0.5)),
                    rounded(paced.quantileMillis(0.99)),
                    rounded(withImages.cpuMillisPerTask()),
                    rounded(without.cpuMillisPerTask()),
                    rss,
                    CUT_OUT,
                    photo.length,
                    Machine.here());
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    private LocalServices services(LocalStack stack, Path settings, BiConsumer<String, SpringApplication> adapt) {
        journal.step("starting the services");
        return LocalServices.startPipeline(stack.settings(), Optional.of(settings), adapt);
    }

    private static Path settings(Path folder) throws IOException {
        return Files.writeString(folder.resolve("bench.properties"), """
                pawline.generate.model=doubao-seedream-3-0-t2i-250415
                pawline.generate.size=%s
                pawline.ingest.collapse-window=0s
                pawline.ingest.backlog.free-tasks=1000000000
                """.formatted(CUT_OUT));
    }

    private static double rounded(double figure) {
        return Math.round(figure * 100) / 100.0;
    }

    private final class Load {

        private final Submitter submitter;
        private final FrontEndServer frontEnd;
        private final Processes processes;

        Load(Submitter submitter, FrontEndServer frontEnd, Processes processes) {
            this.processes = processes;
            this.submitter = submitter;
            this.frontEnd = frontEnd;
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

        Measured measure(String what) throws InterruptedException {
            Run run = new Run(tasks);
            Duration before = processes.cpu();
            run(what, run);
            double cpuMillis = processes.cpu().minus(before).toNanos() / 1e6 / tasks;
            journal.step("  %.2f ms of CPU per task".formatted(cpuMillis));
            return new Measured(run.tasksPerSecond(), cpuMillis);
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
