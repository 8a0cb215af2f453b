package io.pawline.benchmarks;

import io.pawline.local.PatientHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plays the front end and its users: each user submits a task at a given moment, and the front end submits it once more
 * if no callback comes within its patience. Thread-safe.
 */
final class LoadGenerator {

    /** The kind of a task says what comes of it if nothing fails. */
    enum Kind {
        FINE,
        NO_PET,
        MODERATED
    }

    // One in so many: 218 of the report's tasks had no pet or a photo that was not accepted, 121 were moderated
    private static final int NO_PET_EVERY = 290;
    private static final int MODERATED_EVERY = 400;

    private static final Duration WARM_UP_WAIT = Duration.ofSeconds(10);

    private static final Clock CLOCK = Clock.systemUTC();

    private static final MediaType JSON = MediaType.get("application/json");
    private static final List<String> STYLES = List.of("watercolor", "pop art", "pixel art", "neon", "oil painting");

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    private record Form(String imageUrl, String style, String callbackUrl) {}

    /** A task as the front end knows it. */
    private static final class Asked {
        private final CountDownLatch calledBack = new CountDownLatch(1);
        private volatile long postedNanos;
        private volatile long calledBackNanos;
        private volatile boolean ofThisRun;
        private volatile String id = "";
    }

    private final OkHttpClient http = PatientHttp.client(Duration.ofSeconds(60))
            .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
            .build();
    private final HttpUrl tasks;
    private final URI cat;
    private final URI wall;
    private final URI callback;
    private final Duration patience;
    private final Map<String, Asked> asked = new ConcurrentHashMap<>();
    private final AtomicInteger posted = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();
    private final AtomicInteger impossible = new AtomicInteger();
    private final AtomicInteger postponed = new AtomicInteger();
    private final ExpectedEnds expectedEnds = new ExpectedEnds();
    private final Duration betweenLooks;

    /**
     * @param ingest address of ingest-service
     * @param cat a photo with a pet
     * @param wall one without
     * @param betweenLooks how long after its submission a user looks again when his task is expected to end
     */
    LoadGenerator(URI ingest, URI cat, URI wall, URI callback, Duration patience, Duration betweenLooks) {
        this.tasks = HttpUrl.get(ingest.resolve("/v1/tasks").toString());
        this.cat = cat;
        this.wall = wall;
        this.callback = callback;
        this.patience = patience;
        this.betweenLooks = betweenLooks;
    }

    /** Notes that the front end was called back for this task. */
    void notified(String task) {
        Asked known = asked.computeIfAbsent(task, _ -> new Asked());
        if (known.calledBack.getCount() > 0) {
            known.calledBackNanos = System.nanoTime();
            known.calledBack.countDown();
        }
    }

    /**
     * Submits this many tasks at even distances, so that the services are warm. Waits for each until its callback
     * comes, or for the time that it may take.
     */
    void warmUp(int times, Duration between) throws InterruptedException {
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> asking = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                int number = i;
                asking.add(threads.submit(() -> {
                    TimeUnit.NANOSECONDS.sleep(start + number * between.toNanos() - System.nanoTime());
                    Asked one = post(Kind.FINE, "warm " + number, false);
                    return one.calledBack.await(WARM_UP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
                }));
            }
            awaitAll(asking);
        }
    }

    /**
     * Submits a task at each of these moments, counted from now; returns when the front end has nothing left to submit.
     */
    void run(List<Duration> moments) throws InterruptedException {
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> asking = new ArrayList<>();
            for (int i = 0; i < moments.size(); i++) {
                int number = i;
                long due = start + moments.get(i).toNanos();
                asking.add(threads.submit(() -> {
                    TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                    Kind kind = kind(number);
                    Asked first = post(kind, Integer.toString(number), true);
                    lookAtTheEnd(first);
                    long left = patience.toNanos() - (System.nanoTime() - first.postedNanos);
                    if (!first.calledBack.await(left, TimeUnit.NANOSECONDS)) {
                        again.incrementAndGet();
                        post(kind, number + " again", true);
                    }
                    return null;
                }));
            }
            awaitAll(asking);
        }
    }

    /** Looks when a task is expected to end: at once, and once more if it has not ended by then. */
    private void lookAtTheEnd(Asked task) throws IOException, InterruptedException {
        look(task.id, true);
        if (!task.calledBack.await(betweenLooks.toNanos(), TimeUnit.NANOSECONDS)) {
            look(task.id, false);
        }
    }

    private void look(String task, boolean first) throws IOException {
        Request request = new Request.Builder()
                .url(tasks.newBuilder().addPathSegment(task).build())
                .build();
        try (Response answer = http.newCall(request).execute()) {
            Instant now = CLOCK.instant();
            JsonNode status = JsonMapper.shared().readTree(answer.body().string());
            if (status.path("state").asString("").equals("processing")) {
                String eta = status.path("eta").asString("");
                expectedEnds.add(task, first, now, eta.isEmpty() ? null : Instant.parse(eta));
            }
        }
    }

    /** When the tasks of this run were expected to end. */
    ExpectedEnds expectedEnds() {
        return expectedEnds;
    }

    private static Kind kind(int number) {
        if (number % NO_PET_EVERY == NO_PET_EVERY / 2) {
            return Kind.NO_PET;
        }
        return number % MODERATED_EVERY == MODERATED_EVERY / 3 ? Kind.MODERATED : Kind.FINE;
    }

    private Asked post(Kind kind, String name, boolean ofThisRun) throws IOException, InterruptedException {
        String style = STYLES.get(Math.floorMod(name.hashCode(), STYLES.size()))
                + (kind == Kind.MODERATED ? " moderated-image " : " ")
                + name;
        Form form =
                new Form((kind == Kind.NO_PET ? wall : cat) + "?" + name.replace(' ', '-'), style, callback.toString());
        Request request = new Request.Builder()
                .url(tasks)
                .post(RequestBody.create(JsonMapper.shared().writeValueAsBytes(form), JSON))
                .build();
        long began = System.nanoTime();
        while (true) {
            try (Response answer = http.newCall(request).execute()) {
                String body = answer.body().string();
                if (answer.code() == 202) {
                    String id =
                            JsonMapper.shared().readTree(body).path("task_id").stringValue();
                    return accepted(id, kind, began, ofThisRun);
                }
                String retryAfter = answer.header("Retry-After");
                if (answer.code() != 503 || retryAfter == null) {
                    throw new IOException("HTTP " + answer.code() + ": " + body);
                }
                postponed.incrementAndGet();
                TimeUnit.SECONDS.sleep(Long.parseLong(retryAfter));
            }
        }
    }

    private Asked accepted(String id, Kind kind, long began, boolean ofThisRun) {
        Asked one = asked.computeIfAbsent(id, _ -> new Asked());
        one.postedNanos = began;
        one.id = id;
        one.ofThisRun = ofThisRun;
        if (ofThisRun) {
            posted.incrementAndGet();
            if (kind != Kind.FINE) {
                impossible.incrementAndGet();
            }
        }
        return one;
    }

    private static void awaitAll(List<Future<?>> asking) throws InterruptedException {
        for (Future<?> each : asking) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IllegalStateException("a task was not accepted", failed.getCause());
            }
        }
    }

    /** The number of tasks accepted, including those that were submitted again. */
    int posted() {
        return posted.get();
    }

    /** The number of these tasks that were called back. */
    int notifiedCount() {
        return Math.toIntExact(
                ofThisRun().filter(one -> one.calledBack.getCount() == 0).count());
    }

    /** The number of tasks that the front end submitted again. */
    int askedAgain() {
        return again.get();
    }

    /** The number of answers that asked a request to come later. */
    int postponed() {
        return postponed.get();
    }

    /** The number of tasks that no system could make a picture for. */
    int impossible() {
        return impossible.get();
    }

    /** The times from the request to the callback, of all tasks that were called back, the shortest first. */
    List<Duration> waits() {
        return ofThisRun()
                .filter(one -> one.calledBack.getCount() == 0)
                .mapToLong(one -> one.calledBackNanos - one.postedNanos)
                .sorted()
                .mapToObj(Duration::ofNanos)
                .toList();
    }

    private Stream<Asked> ofThisRun() {
        return asked.values().stream().filter(one -> one.ofThisRun);
    }
}
