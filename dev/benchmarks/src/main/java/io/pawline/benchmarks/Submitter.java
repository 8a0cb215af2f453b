package io.pawline.benchmarks;

import io.pawline.local.PatientHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * Submits the tasks of a {@link Run} as a front end does, with the address of a photo, over connections that are kept.
 */
final class Submitter {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final MediaType JSON_TYPE = MediaType.get("application/json");

    /** Requests under way at once when tasks are posted as fast as they are taken. */
    private static final int AT_ONCE = 16;

    /** There are few styles, because each makes another prompt, whose picture the simulator has to draw once. */
    private static final List<String> STYLES =
            List.of("watercolor", "pop art", "pixel art", "pencil sketch", "neon", "oil painting", "clay", "cartoon");

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    private record Form(String imageUrl, String style, String callbackUrl) {}

    private final OkHttpClient http = PatientHttp.client(Duration.ofSeconds(60))
            .connectionPool(new ConnectionPool(AT_ONCE, 1, TimeUnit.MINUTES))
            .build();
    private final HttpUrl tasks;
    private final List<RequestBody> forms;
    private final AtomicInteger number = new AtomicInteger();

    /** @param ingest address of ingest-service */
    Submitter(URI ingest, URI photo, URI callback) {
        this.tasks = HttpUrl.get(ingest.resolve("/v1/tasks").toString());
        this.forms = STYLES.stream()
                .map(style -> new Form(photo.toString(), style, callback.toString()))
                .map(form -> RequestBody.create(JSON.writeValueAsBytes(form), JSON_TYPE))
                .toList();
    }

    /** Posts all the run's tasks as fast as ingest-service takes them. */
    void postAtOnce(Run run) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(run.tasks());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = Stream.<Future<?>>generate(() -> threads.submit(() -> {
                        while (left.getAndDecrement() > 0) {
                            post(run);
                        }
                        return null;
                    }))
                    .limit(AT_ONCE)
                    .toList();
            awaitAll(posting);
        }
    }

    /** Posts the run's tasks at a steady rate, whether or not earlier ones have been answered. */
    void postPaced(Run run, int perSecond) throws InterruptedException {
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = IntStream.range(0, run.tasks())
                    .<Future<?>>mapToObj(place -> threads.submit(() -> {
                        TimeUnit.NANOSECONDS.sleep(start + place * interval - System.nanoTime());
                        post(run);
                        return null;
                    }))
                    .toList();
            awaitAll(posting);
        }
    }

    private static void awaitAll(List<Future<?>> posting) throws InterruptedException {
        for (Future<?> each : posting) {
            try {
                each.get();
            } catch (ExecutionException failed) {
                throw new IllegalStateException("a task was not accepted", failed.getCause());
            }
        }
    }

    /** Posts one task; waits and posts it again if ingest-service cannot take it now. */
    private void post(Run run) throws IOException, InterruptedException {
        Request request = new Request.Builder()
                .url(tasks)
                .post(forms.get(number.getAndIncrement() % forms.size()))
                .build();
        long began = System.nanoTime();
        while (true) {
            try (Response answer = http.newCall(request).execute()) {
                String body = answer.body().string();
                if (answer.code() == 202) {
                    run.submitted(JSON.readTree(body).path("task_id").stringValue(), began);
                    return;
                }
                String retryAfter = answer.header("Retry-After");
                if (answer.code() != 503 || retryAfter == null) {
                    throw new IOException("HTTP " + answer.code() + ": " + body);
                }
                run.postponed();
                TimeUnit.SECONDS.sleep(Long.parseLong(retryAfter));
            }
        }
    }
}
