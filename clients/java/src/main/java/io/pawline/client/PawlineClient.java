package io.pawline.client;

import io.pawline.client.model.Accepted;
import io.pawline.client.model.BatchResults;
import io.pawline.client.model.BatchStatus;
import io.pawline.client.model.NewUpload;
import io.pawline.client.model.OpenUpload;
import io.pawline.client.model.Page;
import io.pawline.client.model.Problem;
import io.pawline.client.model.Quotas;
import io.pawline.client.model.Submission;
import io.pawline.client.model.Task;
import io.pawline.client.model.TaskToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Submits photos to Pawline, follows their tasks, and waits for what comes of them.
 *
 * <p>What fails for the moment is sent again: no connection, no answer, and the statuses 408, 429, 502, 503 and 504. A
 * submission has an idempotency key, the same in each attempt, so it becomes one task. The pauses between attempts grow
 * and are random; {@code Retry-After} is honoured. All attempts together take no longer than {@link Builder#retryFor}.
 *
 * <p>Each method throws {@link PawlineProblemException} if Pawline answers with an error, and
 * {@link PawlineConnectionException} if no answer comes. Thread-safe.
 */
public final class PawlineClient {

    private static final int IDS_PER_REQUEST = 100;

    private final HttpCalls calls;
    private final CallbackCalls callbacks;

    PawlineClient(HttpCalls calls) {
        this.calls = calls;
        this.callbacks = new CallbackCalls(calls);
    }

    /**
     * Builds a client.
     *
     * @param address of ingest-service, such as {@code https://pawline.example}
     */
    public static Builder builder(URI address) {
        return new Builder(address);
    }

    /** Sets what a client needs to know. For one thread. */
    public static final class Builder {

        private final URI address;
        private @Nullable String apiKey;
        private @Nullable HttpClient http;
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration retryFor = Duration.ofMinutes(2);

        private Builder(URI address) {
            this.address = address;
        }

        /** Sets the API key, {@code pwk_…}. Only a Pawline on your own machine needs none. */
        public Builder apiKey(String key) {
            apiKey = key;
            return this;
        }

        /** Sets how long an attempt may take; 30 seconds without it. An upload on a slow line needs more. */
        public Builder requestTimeout(Duration time) {
            requestTimeout = positive("requestTimeout", time);
            return this;
        }

        /** Sets how long all attempts and the pauses between them may take; two minutes without it. */
        public Builder retryFor(Duration time) {
            retryFor = positive("retryFor", time);
            return this;
        }

        /** Sets the HTTP client, for a proxy or certificates of your own. The caller closes it. */
        public Builder httpClient(HttpClient client) {
            http = client;
            return this;
        }

        public PawlineClient build() {
            HttpClient client = http == null
                    ? HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(requestTimeout)
                            .build()
                    : http;
            Pacing pacing = new Pacing(
                    Clock.systemUTC(), () -> ThreadLocalRandom.current().nextDouble());
            return new PawlineClient(
                    new HttpCalls(client, address, Optional.ofNullable(apiKey), requestTimeout, retryFor, pacing));
        }

        private static Duration positive(String name, Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException(name + " must be > 0, was " + time);
            }
            return time;
        }
    }

    /** Submits the address of a photo, with an idempotency key of its own. */
    public Accepted submit(Submission submission) throws InterruptedException {
        return submit(submission, newKey());
    }

    /**
     * Submits the address of a photo.
     *
     * @param idempotencyKey for example the number of your order; within 48 hours, it stands for one task, also if your
     *     process is restarted in between
     */
    public Accepted submit(Submission submission, String idempotencyKey) throws InterruptedException {
        return calls.call(submission("/v1/tasks", idempotencyKey).json(submission), Accepted.class);
    }

    /** Uploads a photo and submits it, with an idempotency key of its own. */
    public Accepted submit(byte[] photo, Submission submission) throws InterruptedException {
        return submit(photo, submission, newKey());
    }

    /**
     * Uploads a photo and submits it.
     *
     * @param submission without {@code image_url}
     * @param idempotencyKey as for the address of a photo
     */
    public Accepted submit(byte[] photo, Submission submission, String idempotencyKey) throws InterruptedException {
        MultipartForm form = new MultipartForm(photo, submission);
        return calls.call(
                submission("/v1/tasks", idempotencyKey).body(form.contentType(), form.body()), Accepted.class);
    }

    /**
     * Submits the address of a photo and returns the task in its final state.
     *
     * @param timeout of the wait
     * @throws WaitTimeoutException if the task has no final state in time
     */
    public Task submitAndWait(Submission submission, Duration timeout) throws InterruptedException {
        return waitFor(submit(submission).getTaskId(), timeout);
    }

    /** Uploads a photo, submits it, and returns the task in its final state. */
    public Task submitAndWait(byte[] photo, Submission submission, Duration timeout) throws InterruptedException {
        return waitFor(submit(photo, submission).getTaskId(), timeout);
    }

    /**
     * Uploads a photo before its task.
     *
     * @param mediaType such as {@code image/jpeg}
     * @return the {@code upload_id} of one submission, within 15 minutes
     */
    public UUID upload(byte[] photo, String mediaType) throws InterruptedException {
        OpenUpload upload = openUpload(new NewUpload().mediaType(mediaType).length(photo.length));
        sendPhoto(upload, photo);
        return upload.getUploadId();
    }

    /** Opens an upload. Whoever gets it may send its photo without your key, for example a page in a browser. */
    public OpenUpload openUpload(NewUpload photo) throws InterruptedException {
        return calls.call(ApiCall.of("POST", "/v1/uploads").json(photo), OpenUpload.class);
    }

    /** Sends the photo of an upload to the upload's address. */
    public void sendPhoto(OpenUpload upload, byte[] photo) throws InterruptedException {
        ApiCall call = ApiCall.of("PUT", upload.getUrl().toString());
        for (Map.Entry<String, String> header : upload.getHeaders().entrySet()) {
            call = call.header(header.getKey(), header.getValue());
        }
        calls.run(call.body(BodyPublishers.ofByteArray(photo)));
    }

    /** Returns a task in its final state: success, failed, cancelled or expired. */
    public Task waitFor(UUID taskId, Duration timeout) throws InterruptedException {
        return waitFor(taskId, timeout, stage -> {});
    }

    /**
     * Returns a task in its final state.
     *
     * @param onStage takes each stage that the task reaches, such as {@code generate}, while events come through; a
     *     stage may be skipped
     * @throws WaitTimeoutException if the task has no final state in time
     */
    public Task waitFor(UUID taskId, Duration timeout, Consumer<String> onStage) throws InterruptedException {
        return new TaskWait(calls, taskId, timeout, onStage).result();
    }

    /** Returns a task as it is now. */
    public Task getTask(UUID taskId) throws InterruptedException {
        return calls.call(ApiCall.of("GET", task(taskId)), Task.class);
    }

    /**
     * Returns many tasks as they are now, in this order, and the ids that are unknown. Asks for 100 at a time.
     *
     * @return {@code tasks} and {@code unknown}
     */
    public Page getTasks(List<UUID> taskIds) throws InterruptedException {
        List<Task> tasks = new ArrayList<>();
        List<UUID> unknown = new ArrayList<>();
        for (int from = 0; from < taskIds.size(); from += IDS_PER_REQUEST) {
            List<UUID> some = taskIds.subList(from, Math.min(from + IDS_PER_REQUEST, taskIds.size()));
            String ids = String.join(",", some.stream().map(UUID::toString).toList());
            Page page = calls.call(ApiCall.of("GET", "/v1/tasks" + Query.of(Map.of("ids", ids))), Page.class);
            tasks.addAll(page.getTasks());
            unknown.addAll(Objects.requireNonNullElse(page.getUnknown(), List.of()));
        }
        return new Page().tasks(tasks).unknown(unknown);
    }

    /**
     * Returns a page of tasks, newest first.
     *
     * @param filter by the names of the API: {@code state}, {@code reason}, {@code from}, {@code to},
     *     {@code client_ref}, {@code limit}, {@code cursor}
     */
    public Page listTasks(Map<String, String> filter) throws InterruptedException {
        return calls.call(ApiCall.of("GET", "/v1/tasks" + Query.of(filter)), Page.class);
    }

    /** Cancels a task. Does nothing if it is cancelled already. */
    public Task cancelTask(UUID taskId) throws InterruptedException {
        return calls.call(ApiCall.of("POST", task(taskId) + "/cancel"), Task.class);
    }

    /** Deletes a task that has a final state, with its pictures. Does nothing if it is deleted already. */
    public void deleteTask(UUID taskId) throws InterruptedException {
        calls.run(ApiCall.of("DELETE", task(taskId)));
    }

    /**
     * Returns a token by which a page in a browser follows this task without your key.
     *
     * @param validity from one second to 60 minutes
     */
    public TaskToken createTaskToken(UUID taskId, Duration validity) throws InterruptedException {
        String ttl = validity.toSeconds() + "s";
        return calls.call(ApiCall.of("POST", task(taskId) + "/token" + Query.of(Map.of("ttl", ttl))), TaskToken.class);
    }

    /** Submits 1 to 500 addresses of photos as a batch, with an idempotency key of its own. */
    public BatchResults submitBatch(List<Submission> submissions) throws InterruptedException {
        return submitBatch(submissions, newKey());
    }

    /**
     * Submits 1 to 500 addresses of photos as a batch that can be followed and cancelled. Each is accepted or refused by
     * itself. While some are refused only for the moment, the batch is sent again: those that were accepted stay.
     *
     * @return one result for each submission, in their order: the id of its task, or the problem
     */
    public BatchResults submitBatch(List<Submission> submissions, String idempotencyKey) throws InterruptedException {
        return submitAll("/v1/batches", submissions, idempotencyKey);
    }

    /** Submits 1 to 500 addresses of photos as {@link #submitBatch} does, without a batch to follow. */
    public BatchResults submitTasks(List<Submission> submissions, String idempotencyKey) throws InterruptedException {
        return submitAll("/v1/tasks/batch", submissions, idempotencyKey);
    }

    /** Returns how many tasks of a batch are in each state, and its first 100 tasks. */
    public BatchStatus getBatch(UUID batchId) throws InterruptedException {
        return getBatch(batchId, null);
    }

    /**
     * Returns a batch, with up to 100 of its tasks.
     *
     * @param cursor the {@code next_cursor} of the page before; null for the first page
     */
    public BatchStatus getBatch(UUID batchId, @Nullable String cursor) throws InterruptedException {
        return getBatch(batchId, cursor, calls.retryFor());
    }

    /**
     * Waits until no task of a batch is processing, and returns the batch.
     *
     * @throws WaitTimeoutException if it takes longer
     */
    public BatchStatus waitForBatch(UUID batchId, Duration timeout) throws InterruptedException {
        Instant end = calls.pacing().now().plus(timeout);
        for (int looks = 1; ; looks++) {
            Duration left = Duration.between(calls.pacing().now(), end);
            BatchStatus batch = getBatch(batchId, null, Pacing.shorter(left, calls.retryFor()));
            if (batch.getState().getValue().equals("ended")) {
                return batch;
            }
            Duration pause = calls.pacing().after(looks, Optional.empty());
            if (calls.pacing().now().plus(pause).isAfter(end)) {
                throw new WaitTimeoutException(batchId, "batch " + batchId + " has not ended after " + timeout);
            }
            calls.pacing().pause(pause);
        }
    }

    /** Cancels the tasks of a batch that have no final state. */
    public BatchStatus cancelBatch(UUID batchId) throws InterruptedException {
        return calls.call(ApiCall.of("POST", "/v1/batches/" + batchId + "/cancel"), BatchStatus.class);
    }

    /** Returns what is left of the quotas of the key. */
    public Quotas getQuota() throws InterruptedException {
        return calls.call(ApiCall.of("GET", "/v1/quota"), Quotas.class);
    }

    /** Returns the calls that concern callbacks, and the secret that signs them. */
    public CallbackCalls callbacks() {
        return callbacks;
    }

    private BatchStatus getBatch(UUID batchId, @Nullable String cursor, Duration atMost) throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>(Map.of("limit", "100"));
        if (cursor != null) {
            query.put("cursor", cursor);
        }
        return calls.call(
                ApiCall.of("GET", "/v1/batches/" + batchId + Query.of(query)).within(atMost), BatchStatus.class);
    }

    private BatchResults submitAll(String path, List<Submission> submissions, String key) throws InterruptedException {
        Pacing pacing = calls.pacing();
        Instant end = pacing.now().plus(calls.retryFor());
        ApiCall call = submission(path, key).json(Map.of("tasks", submissions));
        for (int attempt = 1; ; attempt++) {
            Duration left = Duration.between(pacing.now(), end);
            BatchResults results = calls.call(call.within(left), BatchResults.class);
            Optional<Duration> pause = pauseBeforeNext(results, attempt);
            if (pause.isEmpty() || pacing.now().plus(pause.get()).isAfter(end)) {
                return results;
            }
            pacing.pause(pause.get());
        }
    }

    /** Returns the pause that is long enough for each result that may change; empty if none may. */
    private Optional<Duration> pauseBeforeNext(BatchResults results, int attempt) {
        Optional<Duration> longest = Optional.empty();
        for (var result : results.getResults()) {
            if (result.getStatus() == 429 || result.getStatus() == 503) {
                Optional<Duration> asked = Optional.ofNullable(result.getProblem())
                        .map(Problem::getRetryAfter)
                        .map(Duration::ofSeconds);
                Duration pause = calls.pacing().after(attempt, asked);
                longest = longest.filter(other -> other.compareTo(pause) > 0).or(() -> Optional.of(pause));
            }
        }
        return longest;
    }

    private static ApiCall submission(String path, String idempotencyKey) {
        return ApiCall.of("POST", path).header("Idempotency-Key", idempotencyKey);
    }

    private static String task(UUID id) {
        return "/v1/tasks/" + id;
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }
}
