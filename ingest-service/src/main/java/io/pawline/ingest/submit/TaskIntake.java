package io.pawline.ingest.submit;

import io.opentelemetry.api.trace.Span;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.OutboundProperties;
import io.pawline.photos.PhotoResult;
import io.pawline.schemas.TaskId;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.BatchId;
import io.pawline.taskstore.Fingerprint;
import io.pawline.taskstore.IdempotencyKey;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.SubmissionResult;
import io.pawline.taskstore.SubmissionStore;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Accepts submissions. An accepted task is in the database, and will reach a final state. Thread-safe. */
public final class TaskIntake {

    /** Stands for the hash of a request that has not been read. No request has this hash. */
    private static final String ANY_REQUEST = "";

    private final SubmissionStore submissionStore;
    private final Backpressure backpressure;
    private final ImageStore images;
    private final Quotas quotas;
    private final TenantBudgets budgets;
    private final Fields fields;
    private final Uploads uploads;
    private final @Nullable URI defaultCallback;
    private final Duration keyWindow;
    private final Duration collapseWindow;
    private final Clock clock;
    private final Runnable accepted;

    /** @param accepted runs after each task that has been kept */
    public TaskIntake(
            SubmissionStore submissionStore,
            Backpressure backpressure,
            ImageStore images,
            Quotas quotas,
            TenantBudgets budgets,
            Uploads uploads,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            Runnable accepted) {
        this.submissionStore = submissionStore;
        this.backpressure = backpressure;
        this.images = images;
        this.quotas = quotas;
        this.budgets = budgets;
        this.fields = new Fields(AddressGuard.of(outbound), settings.defaultDeadline(), settings.maxDeadline());
        this.uploads = uploads;
        this.defaultCallback = settings.defaultCallbackUrl();
        this.keyWindow = settings.idempotencyWindow();
        this.collapseWindow = settings.collapseWindow();
        this.clock = clock;
        this.accepted = accepted;
    }

    /**
     * Keeps a new task, unless the same submission has been kept before. An uploaded photo is normalised and
     * stored first, so that no task lacks its photo.
     *
     * @param requestKey identifies a repetition of the request; null: none
     * @throws RefusedException if it is refused; then nothing has been kept
     * @throws io.pawline.ingest.access.QuotaExceededException if the quota is used up; then nothing has been kept
     * @throws io.pawline.taskstore.DatabaseUnavailableException if it could not be kept
     * @throws io.pawline.images.ImageStoreException if its photo could not be kept
     */
    SubmittedTask accept(TaskRequest request, ApiClient client, @Nullable RequestKey requestKey)
            throws RefusedException {
        return accept(request, client, requestKey, null);
    }

    /**
     * Keeps a new task as {@link #accept(TaskRequest, ApiClient, RequestKey)} does.
     *
     * @param batch the batch that the task belongs to; null: none
     */
    SubmittedTask accept(
            TaskRequest request, ApiClient client, @Nullable RequestKey requestKey, @Nullable BatchId batch)
            throws RefusedException {
        Instant now = clock.instant();
        if (requestKey == null) {
            return acceptOrFold(request, client, batch, now);
        }
        fields.checkIdempotencyKey(requestKey.text());
        IdempotencyKey key =
                new IdempotencyKey(requestKey.name(), RequestHashes.ofRequest(request), now.minus(keyWindow));
        // Looked up before anything is checked: what was valid then, such as a deadline, may not be valid now.
        Optional<SubmissionResult> earlier = submissionStore.earlier(client.tenant(), key);
        if (earlier.isPresent()) {
            return submitted(earlier.get(), null);
        }
        Submission submission = submission(request, client, batch, now);
        Optional<RefusedException> refusal = refusal(submission);
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        Fingerprint fingerprint = new Fingerprint(RequestHashes.ofWork(client, request, submission), null);
        return keep(submission, request, client, () -> submissionStore.accept(submission, key, fingerprint));
    }

    /**
     * Whether a request came with this key before, so that this one may be its repetition, which is free.
     *
     * @throws RefusedException if the text is no key
     * @throws io.pawline.taskstore.DatabaseUnavailableException if the database is lost
     */
    private boolean knows(ApiClient client, RequestKey requestKey) throws RefusedException {
        fields.checkIdempotencyKey(requestKey.text());
        IdempotencyKey key = new IdempotencyKey(
                requestKey.name(), ANY_REQUEST, clock.instant().minus(keyWindow));
        return submissionStore.earlier(client.tenant(), key).isPresent();
    }

    /**
     * Checks the key of a batch, which must leave room for the places of its submissions.
     *
     * @throws RefusedException if it is no key; then nothing has been kept
     */
    void checkBatchKey(RequestKey requestKey) throws RefusedException {
        fields.checkBatchKey(requestKey.text());
    }

    /**
     * Checks the quota before the photo of a request is read. A repetition is free. Whether a new request would be folded
     * into a running task is not known before its photo is read.
     *
     * @throws QuotaExceededException if the quota is used up
     * @throws RefusedException if the text is no key
     */
    void checkQuota(ApiClient client, @Nullable RequestKey key) throws RefusedException {
        try {
            quotas.check(client);
        } catch (QuotaExceededException usedUp) {
            if (key == null || !knows(client, key)) {
                throw usedUp;
            }
        }
    }

    /**
     * What became of an earlier request with this key; empty if none came with it.
     *
     * @param hash of all that the request says
     * @throws RefusedException if the text is no key, or the key came with another request
     */
    Optional<SubmittedTask> earlier(ApiClient client, RequestKey requestKey, String hash) throws RefusedException {
        fields.checkIdempotencyKey(requestKey.text());
        IdempotencyKey key =
                new IdempotencyKey(requestKey.name(), hash, clock.instant().minus(keyWindow));
        Optional<SubmissionResult> earlier = submissionStore.earlier(client.tenant(), key);
        return earlier.isEmpty() ? Optional.empty() : Optional.of(submitted(earlier.get(), null));
    }

    /** The task into which a request with this hash of its work is folded; empty if there is none. */
    Optional<SubmittedTask> running(String work, boolean again) {
        return submissionStore
                .running(new Fingerprint(work, foldedSince(again, clock.instant())))
                .map(task -> new SubmittedTask(task, false, true));
    }

    /**
     * The hash of what the client gets for a request.
     *
     * @throws RefusedException if the request is not valid
     */
    String work(TaskRequest request, ApiClient client) throws RefusedException {
        return RequestHashes.ofWork(client, request, submission(request, client, null, clock.instant()));
    }

    private @Nullable Instant foldedSince(boolean again, Instant now) {
        return collapseWindow.isZero() || again ? null : now.minus(collapseWindow);
    }

    private SubmittedTask acceptOrFold(TaskRequest request, ApiClient client, @Nullable BatchId batch, Instant now)
            throws RefusedException {
        Submission submission = submission(request, client, batch, now);
        Fingerprint fingerprint =
                new Fingerprint(RequestHashes.ofWork(client, request, submission), foldedSince(request.again(), now));
        Optional<RefusedException> refusal = refusal(submission);
        if (request.image() != null || refusal.isPresent()) {
            Optional<TaskId> running = submissionStore.running(fingerprint);
            if (running.isPresent()) {
                return new SubmittedTask(running.get(), false, true);
            }
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        try {
            return keep(submission, request, client, () -> submissionStore.accept(submission, fingerprint));
        } catch (QuotaExceededException usedUp) {
            // A request that is folded is free, also for a client that has had its tasks
            return submissionStore
                    .running(fingerprint)
                    .map(running -> new SubmittedTask(running, false, true))
                    .orElseThrow(() -> usedUp);
        }
    }

    /** Says why a submission must not be kept now: it would be of no use when it is done, or nobody would pay for it. */
    private Optional<RefusedException> refusal(Submission submission) {
        return budgets.refusal(submission.tenant(), submission.deadline())
                .map(RefusedException::new)
                .or(() -> backpressure.refusal(submission).map(RefusedException::new));
    }

    /** Keeps a submission. Only a submission that becomes a task of its own counts towards the quota. */
    private SubmittedTask keep(
            Submission submission, TaskRequest request, ApiClient client, Supplier<SubmissionResult> store)
            throws RefusedException {
        quotas.take(client);
        boolean kept = false;
        try {
            storePhoto(submission, request, client);
            SubmissionResult result = store.get();
            kept = result instanceof SubmissionResult.Kept;
            return submitted(result, submission);
        } finally {
            if (!kept) {
                quotas.giveBack(client);
            }
        }
    }

    private SubmittedTask submitted(SubmissionResult submissionResult, @Nullable Submission submission)
            throws RefusedException {
        return switch (submissionResult) {
            case SubmissionResult.Kept()
            when submission != null -> {
                accepted.run();
                yield new SubmittedTask(submission.id(), false, false);
            }
            case SubmissionResult.Kept() -> throw new IllegalStateException("kept without a submission");
            case SubmissionResult.Repeated(TaskId task) -> new SubmittedTask(task, true, false);
            case SubmissionResult.Folded(TaskId task) -> new SubmittedTask(task, false, true);
            case SubmissionResult.KeyTaken() ->
                throw new RefusedException(
                        Fault.KEY_REUSED,
                        "this Idempotency-Key came with another request before: use a new one for a new request");
        };
    }

    private Submission submission(TaskRequest request, ApiClient client, @Nullable BatchId batch, Instant now)
            throws RefusedException {
        // Of the time of acceptance, so that a list from then on begins with it
        TaskId id = TaskId.at(now);
        String style = fields.style(request.style());
        URI callback =
                request.callbackUrl() == null ? defaultCallback : fields.url("callback_url", request.callbackUrl());
        Instant start = fields.notBefore(request.notBefore(), now);
        return new Submission(
                id,
                client.tenant(),
                style,
                photo(id, request),
                callback,
                now,
                fields.deadline(request.deadline(), request.ttl(), start, now),
                fields.priority(request.priority()),
                fields.clientRef(request.clientRef()),
                Metadata.text(request.metadata()),
                TraceParent.of(Span.current()).orElse(null),
                start,
                batch);
    }

    private PhotoSource photo(TaskId id, TaskRequest request) throws RefusedException {
        String url = request.imageUrl();
        if (url != null && request.image() != null) {
            throw RefusedException.invalid("image_url", "and image are both given: send one of them");
        }
        if (url != null) {
            return new PhotoSource.Remote(fields.url("image_url", url));
        }
        if (request.image() != null || request.uploadId() != null) {
            return new PhotoSource.Stored(ImageKey.photo(id).value());
        }
        throw RefusedException.invalid(
                "image_url",
                "is missing: send it in a JSON body, or upload the photo as the part image of a form, or name its"
                        + " upload_id");
    }

    private void storePhoto(Submission submission, TaskRequest request, ApiClient client) throws RefusedException {
        ByteBuffer image = request.image();
        if (image != null) {
            PhotoResult.Normalised photo = uploads.normalise(client.tenant(), image);
            images.put(
                    ImageKey.photo(submission.id()),
                    photo.bytes(),
                    photo.format().mediaType());
        }
    }
}
