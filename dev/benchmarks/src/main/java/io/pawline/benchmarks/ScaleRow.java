package io.pawline.benchmarks;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Sends tasks through all services, each a process of its own, and gives the stage of the pictures more and more
 * processes. While it measures, each of these has a tenth of a processor.
 */
final class ScaleRow {

    static final double MOST_DIFFERENCE = 0.1;

    private static final String STAGE = "finalize";
    private static final double CORES = 0.1;
    private static final int SIDE = 1024;

    /** The other services, with the heap of each in MB. */
    private static final Map<String, Integer> OTHERS =
            Map.of("ingest", 384, "detect", 384, "generate", 384, "matting", 384, "callback", 384);

    private static final int HEAP_MEGABYTES = 614;

    private ScaleRow() {}

    /**
     * Holds what one number of processes came to.
     *
     * @param cpuMsPerTask processor time of all of them together, for each task
     * @param cores processors that all of them together used
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Step(int processes, int tasks, double tasksPerS, double cpuMsPerTask, double cores) {

        String summary() {
            return String.format(
                    Locale.ROOT,
                    "%d: %.1f tasks/s, %.2f ms of CPU a task, %.2f processors",
                    processes,
                    tasksPerS,
                    cpuMsPerTask,
                    cores);
        }
    }

    /** @param quota of a processor that each process had; null if this machine gives no quotas */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(int side, @Nullable Double quota, double difference, List<Step> steps) {}

    static BenchmarkRow.Findings finalizeProcesses(BenchmarkRow.Setting setting) throws Exception {
        byte[] picture = LargePicturesRow.picture(SIDE);
        Ports ports = Ports.anyFree();
        Path folder = setting.folder().resolve("stack");
        try (LocalStack stack = LocalStack.start(new LocalStack.Options(folder, ports, Optional.empty()), _ -> {});
                FixedProviders providers = new FixedProviders(Duration.ZERO, picture);
                FrontEndServer frontEnd = new FrontEndServer(LocalStack.WEBHOOK_SECRET, SamplePhoto.jpeg());
                Site site = new Site(setting, settings(stack, providers))) {
            ChartProcess.awaitPort(ports.ingest());
            Submitter submitter = new Submitter(
                    URI.create("http://127.0.0.1:" + ports.ingest()), frontEnd.photoUrl(), frontEnd.callbackUrl());
            List<Step> steps = new ArrayList<>();
            for (int processes : setting.scale().of(List.of(1, 2, 4), List.of(1, 2))) {
                site.grow(processes);
                run(submitter, frontEnd, processes * setting.scale().of(1_000, 4));
                Run measured = new Run(setting.scale().of(processes * 400, 8));
                site.limit();
                Duration before = site.cpu();
                long began = System.nanoTime();
                run(submitter, frontEnd, measured);
                double seconds = (System.nanoTime() - began) / 1e9;
                double cpu = site.cpu().minus(before).toNanos() / 1e9;
                site.free();
                steps.add(new Step(
                        processes,
                        measured.tasks(),
                        rounded(measured.tasksPerSecond()),
                        rounded(1e3 * cpu / measured.tasks()),
                        rounded(cpu / seconds)));
                setting.journal().step("  " + steps.getLast().summary());
            }
            return findings(new Figures(SIDE, site.limited() ? CORES : null, difference(steps), steps), site.deaths());
        }
    }

    private static List<String> settings(LocalStack stack, FixedProviders providers) {
        List<String> settings = new ArrayList<>(Arrays.asList(providers.settings()));
        settings.add(
                "--spring.config.additional-location=file:" + stack.settings().toAbsolutePath());
        settings.add("--pawline.memory.share=0.5");
        settings.add("--pawline.ingest.collapse-window=0s");
        // All tasks come at once, and before the first has ended
        settings.add("--pawline.ingest.backlog.free-tasks=1000000000");
        return settings;
    }

    private static void run(Submitter submitter, FrontEndServer frontEnd, int tasks) throws InterruptedException {
        run(submitter, frontEnd, new Run(tasks));
    }

    private static void run(Submitter submitter, FrontEndServer frontEnd, Run run) throws InterruptedException {
        frontEnd.expect(run);
        submitter.postAtOnce(run);
        run.await();
    }

    /** Returns how far the processor time of a task is from the mean at most, as a share of the mean. */
    static double difference(List<Step> steps) {
        double mean = steps.stream().mapToDouble(Step::cpuMsPerTask).average().orElseThrow();
        double most = steps.stream()
                .mapToDouble(step -> Math.abs(step.cpuMsPerTask() - mean))
                .max()
                .orElseThrow();
        return mean == 0 ? 0 : rounded(most / mean);
    }

    private static BenchmarkRow.Findings findings(Figures figures, int deaths) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, deaths, "deaths");
        String summary = String.format(
                Locale.ROOT,
                "processes of finalize-service %s, pictures of %d x %d; at most %.0f %% from the mean",
                figures.quota() == null
                        ? "without a quota"
                        : "with %.2f of a processor each".formatted(figures.quota()),
                figures.side(),
                figures.side(),
                100 * figures.difference());
        return new BenchmarkRow.Findings(
                summary
                        + figures.steps().stream()
                                .map(step -> "; " + step.summary())
                                .collect(Collectors.joining()),
                figures,
                figures.difference() <= MOST_DIFFERENCE,
                wrong);
    }

    private static double rounded(double figure) {
        return Math.round(figure * 100) / 100.0;
    }

    /** Holds the processes of all services. */
    private static final class Site implements AutoCloseable {

        private final BenchmarkRow.Setting setting;
        private final List<String> settings;
        private final List<ChartProcess> others = new ArrayList<>();
        private final List<ChartProcess> processes = new ArrayList<>();
        private final List<CpuQuota> quotas = new ArrayList<>();

        Site(BenchmarkRow.Setting setting, List<String> settings) {
            this.setting = setting;
            this.settings = settings;
            OTHERS.forEach((service, heap) -> others.add(new ChartProcess(service, heap, setting.folder(), settings)));
        }

        /** Starts processes until there are so many. */
        void grow(int wanted) throws InterruptedException {
            while (processes.size() < wanted) {
                int port = Ports.anyFree().ingest();
                List<String> own = new ArrayList<>(settings);
                own.add("--server.port=" + port);
                own.add("--pawline.instance-id=" + STAGE + "-" + processes.size());
                processes.add(new ChartProcess(STAGE, HEAP_MEGABYTES, setting.folder(), own));
                CpuQuota.of(CORES, STAGE + "-" + processes.size()).ifPresent(quotas::add);
                ChartProcess.awaitPort(port);
            }
        }

        boolean limited() {
            return quotas.size() == processes.size();
        }

        void limit() {
            for (int place = 0; place < quotas.size(); place++) {
                quotas.get(place).limit(processes.get(place).pid());
            }
        }

        void free() {
            for (int place = 0; place < quotas.size(); place++) {
                quotas.get(place).free(processes.get(place).pid());
            }
        }

        Duration cpu() {
            return processes.stream().map(ChartProcess::cpu).reduce(Duration.ZERO, Duration::plus);
        }

        int deaths() {
            others.forEach(ChartProcess::look);
            processes.forEach(ChartProcess::look);
            return others.stream().mapToInt(ChartProcess::deaths).sum()
                    + processes.stream().mapToInt(ChartProcess::deaths).sum();
        }

        @Override
        public void close() {
            others.forEach(ChartProcess::close);
            processes.forEach(ChartProcess::close);
            quotas.forEach(CpuQuota::close);
        }
    }
}
