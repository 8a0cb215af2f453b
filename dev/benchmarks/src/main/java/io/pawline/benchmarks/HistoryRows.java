package io.pawline.benchmarks;

import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.Partitions;
import io.pawline.taskstore.Partitions.Layout;
import io.pawline.taskstore.Partitions.Length;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Measures what a long history costs those who ask, and those who submit while a part of it is dropped. */
final class HistoryRows {

    private static final double LONGEST_LIST_MS = 20;
    private static final double LONGEST_SMALL_REPORT_MS = 50;
    private static final double LONGEST_LARGE_REPORT_MS = 1_000;
    private static final double LARGEST_RATIO = 1.3;
    private static final double SMALLEST_RATIO_BESIDE_LISTS = 0.9;
    private static final int CONNECTIONS = 64;
    private static final int LIST_CLIENTS = 10;
    private static final int ROUNDS = 4;
    private static final int DAYS = 40;
    private static final int SMALL_DAY = 23;
    private static final int SUBMITS_PER_SECOND = 300;
    private static final int BYTES_PER_TASK = 4_096;

    /** More than the machine can do. */
    private static final int TASKS_PER_MINUTE = 1_000_000;

    private static final List<String> KEYS_ON = List.of("--pawline.ingest.access.open=false");

    private static final List<String> FILTERS = List.of(
            "",
            "state=success",
            "state=failed",
            "state=cancelled",
            "state=processing",
            "reason=read_timeout",
            "reason=deadline_passed",
            "reason=billing",
            "state=failed&reason=read_timeout",
            "client_ref=all",
            "client_ref=order-4000",
            "client_ref=all&state=expired",
            "client_ref=all&reason=cancelled",
            "client_ref=nobody");

    private HistoryRows() {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ListFigures(
            int tasks,
            int requests,
            double tasksPerPage,
            double cpuMsPerPage,
            double cpuMsPerPageOfAll,
            double p50Ms,
            double p99Ms,
            double maxMs,
            String slowest) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ReportFigures(int tasks, int smallDayTasks, double smallDayMs, int largeDayTasks, double largeDayMs) {}

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record DropFigures(double gigabytes, double dropSeconds, double p99BeforeMs, double p99DuringMs, double ratio) {}

    /** Asks ingest-service for pages by any filter, and any period, over HTTP, one after the other. */
    static BenchmarkRow.Findings lists(BenchmarkRow.Setting setting, int tasks) throws Exception {
        int number = setting.scale().of(tasks, 2_000);
        int requests = setting.scale().of(2_000, 60);
        try (IngestSite site = new IngestSite(setting, KEYS_ON);
                TaskDatabase database = site.database()) {
            Instant end = today();
            setting.journal().step("  writing %,d tasks".formatted(number));
            writeWeeks(database, "list", number, end);
            // A large history takes minutes to write, a small one seconds: each finds a service that is warm
            setting.journal().step("  warming up");
            Asker asker = new Asker(site.port(), keys(database), end);
            asker.ask(requests);
            setting.journal().step("  asking");
            asker.timed.clear();
            Duration cpu = site.cpu();
            Duration cpuOfAll = site.cpuOfAll();
            asker.ask(requests);
            cpu = site.cpu().minus(cpu);
            cpuOfAll = site.cpuOfAll().minus(cpuOfAll);
            long[] took = asker.timed.stream().mapToLong(Timed::nanos).sorted().toArray();
            ListFigures figures = new ListFigures(
                    number,
                    requests,
                    asker.tasksPerPage(),
                    SubmitRows.perOne(cpu, requests),
                    SubmitRows.perOne(cpuOfAll, requests),
                    SubmitRows.quantile(took, 0.5),
                    SubmitRows.quantile(took, 0.99),
                    SubmitRows.quantile(took, 1),
                    asker.slowest());
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "%,d tasks: %.1f on a page, %.2f ms of CPU each (%.2f ms with all else), p50 %.1f ms, p99 %.1f ms, at most %.1f ms (%s)",
                            number,
                            figures.tasksPerPage(),
                            figures.cpuMsPerPage(),
                            figures.cpuMsPerPageOfAll(),
                            figures.p50Ms(),
                            figures.p99Ms(),
                            figures.maxMs(),
                            figures.slowest()),
                    figures,
                    figures.p99Ms() <= LONGEST_LIST_MS,
                    figures.tasksPerPage() > 0 ? List.of() : List.of("no page had a task"));
        }
    }

    private record Timed(String query, int tasks, long nanos) {}

    /**
     * Holds what was measured.
     *
     * @param listsPerS pages that all clients together got in a second
     * @param tasksPerPage tasks on one of them
     * @param ratio of the submits beside the clients to those alone
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record BesideListsFigures(
            int tasks,
            int clients,
            double alonePerS,
            double besidePerS,
            double listsPerS,
            double tasksPerPage,
            double ratio) {}

    /** Submits over all connections at once, alone and beside clients that ask for lists, in turns. */
    static BenchmarkRow.Findings besideLists(BenchmarkRow.Setting setting, int tasks) throws Exception {
        int number = setting.scale().of(tasks, 2_000);
        Duration time = setting.scale().of(Duration.ofSeconds(20), Duration.ofSeconds(1));
        try (IngestSite site = new IngestSite(setting, KEYS_ON);
                TaskDatabase database = site.database();
                Submissions load = new Submissions(
                        site.port(), CONNECTIONS, Optional.of(key(database, "default", Scope.SUBMIT)))) {
            Instant end = today();
            setting.journal().step("  writing %,d tasks".formatted(number));
            writeWeeks(database, "beside", number, end);
            List<String> keys = keys(database);
            List<Asker> clients = Stream.generate(() -> new Asker(site.port(), keys, end))
                    .limit(LIST_CLIENTS)
                    .toList();
            setting.journal().step("  warming up");
            beside(clients, load, setting.scale().of(Duration.ofSeconds(60), Duration.ofSeconds(1)));
            clients.forEach(client -> client.timed.clear());
            double alone = 0;
            double beside = 0;
            for (int round = 0; round < ROUNDS; round++) {
                // The rows of either turn slow the next one down, so each comes first as often as the other.
                double byItself;
                double together;
                if (round % 2 == 0) {
                    byItself = load.atOnce(time);
                    together = beside(clients, load, time);
                } else {
                    together = beside(clients, load, time);
                    byItself = load.atOnce(time);
                }
                setting.journal().step("  %,.0f submits a second alone, %,.0f beside".formatted(byItself, together));
                alone += byItself / ROUNDS;
                beside += together / ROUNDS;
            }
            int lists = clients.stream().mapToInt(client -> client.timed.size()).sum();
            BesideListsFigures figures = new BesideListsFigures(
                    number,
                    LIST_CLIENTS,
                    Math.round(alone),
                    Math.round(beside),
                    Math.round(lists / (ROUNDS * time.toMillis() / 1000.0)),
                    Asker.tasksPerPage(clients),
                    Math.round(100 * beside / alone) / 100.0);
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "%,.0f submits a second alone, %,.0f beside %d clients with %,.0f lists a second of %.1f tasks"
                                    + " (%.2f times)",
                            figures.alonePerS(),
                            figures.besidePerS(),
                            LIST_CLIENTS,
                            figures.listsPerS(),
                            figures.tasksPerPage(),
                            figures.ratio()),
                    figures,
                    figures.ratio() >= SMALLEST_RATIO_BESIDE_LISTS,
                    figures.tasksPerPage() > 0 ? List.of() : List.of("no page had a task"));
        }
    }

    /** Submits while each client asks for a page every tenth of a second, as a page of a console that stays open does. */
    private static double beside(List<Asker> clients, Submissions load, Duration time) throws InterruptedException {
        try (ScheduledExecutorService threads = Executors.newScheduledThreadPool(LIST_CLIENTS)) {
            List<ScheduledFuture<?>> asking = clients.stream()
                    .<ScheduledFuture<?>>map(client ->
                            threads.scheduleWithFixedDelay(() -> client.askUnchecked(1), 0, 100, TimeUnit.MILLISECONDS))
                    .toList();
            double perSecond = load.atOnce(time);
            asking.forEach(client -> {
                if (client.isDone()) {
                    throw new IllegalStateException("a client got no list", client.exceptionNow());
                }
                client.cancel(false);
            });
            return perSecond;
        }
    }

    /** Makes a key for each of the tenants of the history whose lists are asked for: from most of it to next to nothing. */
    private static List<String> keys(TaskDatabase database) {
        return HistoryFill.TENANTS.stream()
                .map(tenant -> key(database, tenant, Scope.READ))
                .toList();
    }

    private static String key(TaskDatabase database, String tenant, Scope scope) {
        return new ApiKeys(database)
                .create(
                        new ApiKeys.Terms(tenant, "bench", Set.of(scope), TASKS_PER_MINUTE, null),
                        Clock.systemUTC().instant())
                .secret();
    }

    /** Asks for lists of all tenants in turns, always the same ones in the same order. For one thread at a time. */
    private static final class Asker {

        /** One for all: what a client costs is not what the service costs. */
        private static final HttpClient HTTP = HttpClient.newHttpClient();

        private final Random random = new Random(1);
        private final List<Timed> timed = new ArrayList<>();
        private static final Pattern TASK = Pattern.compile("\"submitted_at\"");

        private final int port;
        private final List<String> keys;
        private final Instant end;
        private int next;

        Asker(int port, List<String> keys, Instant end) {
            this.port = port;
            this.keys = keys;
            this.end = end;
        }

        void ask(int requests) throws IOException, InterruptedException {
            for (int i = 0; i < requests; i++) {
                String query = FILTERS.get(next % FILTERS.size()) + period();
                String key = keys.get(next / FILTERS.size() % keys.size());
                next++;
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:%d/v1/tasks?limit=50&%s".formatted(port, query)))
                        .header("Authorization", "Bearer " + key)
                        .build();
                long began = System.nanoTime();
                HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
                long took = System.nanoTime() - began;
                timed.add(new Timed(
                        query, (int) TASK.matcher(answer.body()).results().count(), took));
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException(query + " answers " + answer.statusCode() + " " + answer.body());
                }
            }
        }

        void askUnchecked(int requests) {
            try {
                ask(requests);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        /** No bound, one, or both. */
        private String period() {
            Instant from = end.minusSeconds(random.nextInt(DAYS * 86_400));
            return switch (random.nextInt(4)) {
                case 0 -> "";
                case 1 -> "&from=" + from;
                case 2 -> "&to=" + from;
                default -> "&from=" + from + "&to=" + from.plus(Duration.ofMinutes(1 + random.nextInt(3_000)));
            };
        }

        double tasksPerPage() {
            return tasksPerPage(List.of(this));
        }

        static double tasksPerPage(List<Asker> askers) {
            return askers.stream()
                    .flatMap(asker -> asker.timed.stream())
                    .mapToInt(Timed::tasks)
                    .average()
                    .orElse(0);
        }

        String slowest() {
            return timed.stream()
                    .max(Comparator.comparingLong(Timed::nanos))
                    .map(Timed::query)
                    .orElse("");
        }
    }

    /** Asks ops-service for the report of a day with few tasks and of one with many, in a long history. */
    static BenchmarkRow.Findings reports(BenchmarkRow.Setting setting, int tasks) throws Exception {
        int number = setting.scale().of(tasks, 2_000);
        try (OpsSite site = new OpsSite(setting);
                TaskDatabase database = site.database()) {
            Instant end = today();
            Instant smallDay = end.minus(Duration.ofDays(1));
            Instant largeDay = end.minus(Duration.ofDays(2));
            int large = number / DAYS;
            setting.journal().step("  writing %,d tasks".formatted(number));
            Partitions ledger =
                    new Partitions(database, new Layout("call_attempt", Partitions.Key.TIME, Length.DAY, ""));
            ledger.make(largeDay, end);
            HistoryFill history = new HistoryFill(database, "report");
            history.tasks(number, largeDay.minus(Duration.ofDays(DAYS)), Duration.ofDays(DAYS), 0);
            HistoryFill few = new HistoryFill(database, "few");
            few.tasks(SMALL_DAY, smallDay, Duration.ofHours(20), 0);
            few.calls(SMALL_DAY, smallDay, Duration.ofHours(20));
            HistoryFill many = new HistoryFill(database, "many");
            many.tasks(large, largeDay, Duration.ofHours(20), 0);
            many.calls(large, largeDay, Duration.ofHours(20));
            history.analyze("task", "call_attempt");
            site.start();
            setting.journal().step("  sums are made");
            OpsRows.awaitRollUps(database, largeDay);
            OpsRows.awaitRollUps(database, smallDay);
            setting.journal().step("  asking");
            ReportFigures figures =
                    new ReportFigures(number, SMALL_DAY, median(site, smallDay), large, median(site, largeDay));
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "in %,d tasks: the day with %d in %.0f ms, that with %,d in %.0f ms",
                            number,
                            SMALL_DAY,
                            figures.smallDayMs(),
                            large,
                            figures.largeDayMs()),
                    figures,
                    figures.smallDayMs() <= LONGEST_SMALL_REPORT_MS && figures.largeDayMs() <= LONGEST_LARGE_REPORT_MS,
                    List.of());
        }
    }

    /** The median of nine reports of a day, after three that are not counted, in milliseconds. */
    private static double median(OpsSite site, Instant day) {
        long[] took = new long[9];
        for (int i = -3; i < took.length; i++) {
            long began = System.nanoTime();
            var _ = site.get("/v1/report?from=%s&to=%s".formatted(day, day.plus(Duration.ofDays(1))));
            if (i >= 0) {
                took[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(took);
        return SubmitRows.quantile(took, 0.5);
    }

    /** Drops a month of the history while tasks are submitted, which is divided by weeks as tasks are, or by days as the ledger is. */
    static BenchmarkRow.Findings drop(BenchmarkRow.Setting setting, double gigabytes, Length length) throws Exception {
        double size = setting.scale().of(gigabytes, 0.01);
        int number = (int) (size * (1L << 30) / BYTES_PER_TASK);
        Duration time = setting.scale().of(Duration.ofSeconds(60), Duration.ofSeconds(2));
        Instant old = Instant.parse("2024-03-01T00:00:00Z");
        try (IngestSite site = new IngestSite(setting, List.of());
                TaskDatabase database = site.database();
                Submissions load = new Submissions(site.port(), 64);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Partitions parts = new Partitions(database, new Layout("task", Partitions.Key.TASK_ID, length, ""));
            TestingHistory.divide(database, parts, old, old.plus(Duration.ofDays(30)));
            setting.journal().step("  writing %.2f GB".formatted(size));
            new HistoryFill(database, "old").tasks(number, old, Duration.ofDays(30), BYTES_PER_TASK - 600);
            long bytes = site.query(
                    "select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r' and relname ~ 'task_2024'");
            site.execute("checkpoint");
            setting.journal().step("  warming up");
            load.paced(SUBMITS_PER_SECOND, setting.scale().of(Duration.ofSeconds(30), Duration.ofSeconds(1)));
            double before = SubmitRows.quantile(load.paced(SUBMITS_PER_SECOND, time), 0.99);
            setting.journal().step("  dropping");
            long began = System.nanoTime();
            Future<Double> dropped = thread.submit(() -> {
                parts.drop(Clock.systemUTC().instant().minus(Duration.ofDays(90)));
                return (System.nanoTime() - began) / 1e9;
            });
            long[] took = load.paced(SUBMITS_PER_SECOND, time);
            while (!dropped.isDone()) {
                took = LongStream.concat(LongStream.of(took), LongStream.of(load.paced(SUBMITS_PER_SECOND, time)))
                        .sorted()
                        .toArray();
            }
            double during = SubmitRows.quantile(took, 0.99);
            DropFigures figures = new DropFigures(
                    Math.round(100.0 * bytes / (1L << 30)) / 100.0,
                    Math.round(10 * dropped.get()) / 10.0,
                    before,
                    during,
                    Math.round(100 * during / before) / 100.0);
            List<String> wrong = new ArrayList<>();
            BenchmarkRow.complain(
                    wrong,
                    site.query("select count(*) from pg_class where relname ~ 'task_2024'"),
                    "partitions are still there");
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "%.2f GB dropped in %.1f s; p99 of submits %.1f ms before, %.1f ms during (%.2f times)",
                            figures.gigabytes(),
                            figures.dropSeconds(),
                            before,
                            during,
                            figures.ratio()),
                    figures,
                    figures.ratio() <= LARGEST_RATIO,
                    wrong);
        }
    }

    /** Writes tasks of the days up to this moment, divided by weeks as they are after months of service. */
    private static void writeWeeks(TaskDatabase database, String salt, int tasks, Instant to) throws SQLException {
        Instant from = to.minus(Duration.ofDays(DAYS));
        TestingHistory.divide(database, from, to);
        HistoryFill history = new HistoryFill(database, salt);
        history.tasks(tasks, from, Duration.ofDays(DAYS), 0);
        history.analyze("task");
    }

    private static Instant today() {
        return Clock.systemUTC().instant().truncatedTo(ChronoUnit.DAYS);
    }
}
