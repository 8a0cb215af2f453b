package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pawline.callback.CallbackApplication;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.testkit.TopicReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Measures a replay of 50,000 undelivered callbacks at a set rate, by an ops-service that is killed twice, while
 * callback-service delivers live callbacks: how long a live one takes before and during the replay, and how often each
 * dead letter was published. The live ones are timed when both services are warm and before the first kill, because a
 * starting JVM takes its share of the machine, too.
 */
final class ReplayRow {

    private static final int LIVE_PER_SECOND = 50;
    private static final int WARM_UP_PER_SECOND = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int perSecond;

    ReplayRow(int perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * @param ratio live p99 during the replay by live p99 before
     * @param lost dead letters that were not published
     * @param publishedTwice dead letters that were published more than once
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            @JsonProperty("letters") int deadLetters,
            int perSecond,
            int livePerSecond,
            double p50BeforeMs,
            double p99BeforeMs,
            double p50DuringMs,
            double p99DuringMs,
            double ratio,
            int kills,
            int lost,
            int publishedTwice,
            long succeeded,
            double replaySeconds) {}

    BenchmarkRow.Findings measure(BenchmarkRow.Setting setting) throws Exception {
        int count = setting.scale().of(50_000, 600);
        int warmUp = setting.scale().of(9_000, 25);
        int live = setting.scale().of(3_000, 50);
        int rate = setting.scale().of(perSecond, 60);
        try (OpsSite site = new OpsSite(setting);
                TimedReceivers ofReplay = new TimedReceivers(1);
                TimedReceivers ofLive = new TimedReceivers(1)) {
            site.start();
            ManyDeadLetters deadLetters = new ManyDeadLetters(
                    count, Clock.systemUTC().instant(), ofReplay.good(0).toString());
            DeadLetterRows.index(site, deadLetters, Stage.CALLBACK, setting.journal());
            try (ConfigurableApplicationContext _ = CallbackApplication.application()
                            .run(
                                    "--spring.config.additional-location=file:" + site.settingsFile(),
                                    "--pawline.callback.stage.drain=1s");
                    LiveFinalStates source = new LiveFinalStates(site, ofLive, LIVE_PER_SECOND)) {
                setting.journal().step("  warming up");
                source.send(warmUp, WARM_UP_PER_SECOND);
                double[] _ = ofLive.millis(warmUp, PATIENCE);
                source.send(live);
                double[] before = ofLive.millis(live, PATIENCE);
                setting.journal().step("  live callbacks before: p99 %.1f ms".formatted(quantile(before, 0.99)));
                Replay replay = new Replay(site, rate);
                // ops-service warms up
                source.send(live);
                double[] _ = ofLive.millis(live, PATIENCE);
                source.send(live);
                double[] during = ofLive.millis(live, PATIENCE);
                setting.journal().step("  and during the replay: p99 %.1f ms".formatted(quantile(during, 0.99)));
                source.sendUntilClosed();
                replay.killWhenPublished(count * 55 / 100, setting.journal());
                replay.killWhenPublished(count * 80 / 100, setting.journal());
                replay.awaitDone();
                long succeeded = replay.awaitDelivered(count);
                Map<String, Integer> published = published(site, deadLetters);
                Figures figures = new Figures(
                        count,
                        rate,
                        LIVE_PER_SECOND,
                        quantile(before, 0.5),
                        quantile(before, 0.99),
                        quantile(during, 0.5),
                        quantile(during, 0.99),
                        DeadLetterRows.rounded(quantile(during, 0.99) / quantile(before, 0.99)),
                        2,
                        count - published.size(),
                        (int) published.values().stream()
                                .filter(times -> times > 1)
                                .count(),
                        succeeded,
                        DeadLetterRows.rounded(replay.seconds()));
                return findings(figures);
            }
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures) {
        List<String> wrong = new ArrayList<>();
        if (figures.lost() > 0) {
            wrong.add(figures.lost() + " dead letters were not published");
        }
        if (figures.publishedTwice() > 0) {
            wrong.add(figures.publishedTwice() + " dead letters were published more than once");
        }
        if (figures.succeeded() != figures.deadLetters()) {
            wrong.add(figures.succeeded() + " of " + figures.deadLetters() + " are known to have succeeded");
        }
        return new BenchmarkRow.Findings(
                String.format(
                        Locale.ROOT,
                        "live p99 %.1f ms before, %.1f ms during (%.2f times); killed twice: %d lost, %d published twice",
                        figures.p99BeforeMs(),
                        figures.p99DuringMs(),
                        figures.ratio(),
                        figures.lost(),
                        figures.publishedTwice()),
                figures,
                figures.ratio() <= 1.1,
                wrong);
    }

    /** Counts how often the task of each dead letter is in the stage's topic. */
    private static Map<String, Integer> published(OpsSite site, ManyDeadLetters deadLetters) {
        Set<String> ids = new HashSet<>();
        deadLetters.ids().stream().map(TaskId::toString).forEach(ids::add);
        Map<String, Integer> published = new HashMap<>();
        try (TopicReader topic = new TopicReader(site.kafka(), Stage.CALLBACK.workTopic(), "read_committed")) {
            for (ConsumerRecord<byte[], byte[]> record : topic.all()) {
                String id = new String(record.key(), UTF_8);
                if (ids.contains(id)) {
                    published.merge(id, 1, Integer::sum);
                }
            }
        }
        return published;
    }

    private static double quantile(double[] sorted, double share) {
        return DeadLetterRows.rounded(sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)]);
    }

    /** A replay of all dead letters of the callback stage. */
    private static final class Replay {

        private final OpsSite site;
        private final String path;
        private final long began = System.nanoTime();
        private long ended;

        Replay(OpsSite site, int perSecond) {
            this.site = site;
            this.path = "/v1/replays/"
                    + site.post("/v1/replays", """
                            {"filter":{"stage":"callback"},"per_second":%d,"by":"bench","why":"it is measured"}""".formatted(perSecond))
                            .path("id")
                            .asString("");
        }

        void killWhenPublished(int wanted, Journal journal) throws InterruptedException, IOException {
            try (TaskDatabase database = site.database()) {
                OpsSite.await(
                        wanted + " dead letters are published",
                        () -> database.with(handle -> handle.createQuery(
                                                "select count(*) from replay_letter where state = 'published'")
                                        .mapTo(Integer.class)
                                        .one())
                                >= wanted);
            }
            site.kill();
            journal.step("  ops-service is killed");
            site.start();
        }

        void awaitDone() throws InterruptedException {
            OpsSite.await(
                    "the replay is done",
                    () -> site.get(path).path("state").asString("").equals("done"));
            ended = System.nanoTime();
        }

        /** Waits until each is known to be delivered or failed; returns how many were delivered. */
        long awaitDelivered(int count) throws InterruptedException {
            OpsSite.await("all callbacks are delivered", () -> {
                JsonNode counts = site.get(path).path("letters");
                return counts.path("succeeded").asInt(0) + counts.path("failed").asInt(0) >= count;
            });
            return site.get(path).at("/letters/succeeded").asLong(0);
        }

        double seconds() {
            return (ended - began) / 1e9;
        }
    }
}
