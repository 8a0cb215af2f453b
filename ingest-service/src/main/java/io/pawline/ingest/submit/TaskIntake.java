package io.pawline.ingest.submit;

import io.opentelemetry.api.trace.Span;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.pressure.Backpressure;
import io.pawline.ingest.pressure.Refusal;
import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.TaskId;
import io.pawline.service.TraceParent;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.SubmissionResult;
import io.pawline.taskstore.SubmissionStore;
import io.pawline.taskstore.SubmissionStore.Fingerprint;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes submissions: once one is accepted, it is in the database, and will be answered. Thread-safe. */
public final class TaskIntake {

    private final SubmissionStore submissionStore;
    private final Backpressure backpressure;
    private final ImageStore images;
    private final Quotas quotas;
    private final Fields fields;
    private final Uploads uploads;
    private final @Nullable URI defaultCallback;
    private final Duration keyWindow;
    private final Duration collapseWindow;
    private final Clock clock;
    private final Runnable accepted;

    /** @param accepted told after each task that has been kept */
    public TaskIntake(
            SubmissionStore submissionStore,
            Backpressure backpressure,
            ImageStore images,
            Quotas quotas,
            IngestProperties settings,
            OutboundProperties outbound,
            Clock clock,
            Runnable accepted) {
        this.submissionStore = submissionStore;
        this.backpressure = backpressure;
        this.images = images;
        this.quotas = quotas;
        this.fields = new Fields(AddressGuard.of(outbound), settings.defaultDeadline(), settings.maxDeadline());
        this.uploads = new Uploads(outbound.maxImageSize().toBytes(), outbound.maxImagePixels());
        this.defaultCallback = settings.defaultCallbackUrl();
        this.keyWindow = settings.idempotencyWindow();
        this.collapseWindow = settings.collapseWindow();
        this.clock = clock;
        this.accepted = accepted;
    }

    /**
     * Keeps a new task, unless it is one that has been kept already. An uploaded photo is stored first, so that no task is
     * without its photo.
     *
     * @param idempotencyKey by which the caller knows the request again; null: none
     * @throws RefusedException if it cannot be taken; then nothing has been kept
     * @throws io.pawline.ingest.access.QuotaExceededException if the caller has had enough; then nothing has been kept
     * @throws io.pawline.taskstore.DatabaseUnavailableException if it could not be kept
     * @throws io.pawline.images.ImageStoreException if its photo could not be kept
     */
    public SubmittedTask accept(TaskRequest request, ApiClient tenant, @Nullable String idempotencyKey)
            throws RefusedException {
        Instant now = clock.instant();
        if (idempotencyKey == null) {
            return acceptOrFold(request, tenant, now);
        }
        SubmissionStore.Key key = new SubmissionStore.Key(
                fields.idempotencyKey(idempotencyKey), RequestHashes.ofRequest(request), now.minus(keyWindow));
        // Before anything is checked: what was valid then, such as a deadline, need not be now.
        Optional<SubmissionResult> earlier = submissionStore.earlier(tenant.tenant(), key);
        if (earlier.isPresent()) {
            return receipt(earlier.get(), null);
        }
        Submission submission = submission(request, tenant, now);
        Optional<Refusal> refusal = backpressure.refusal(submission);
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
        }
        Fingerprint fingerprint = new Fingerprint(RequestHashes.ofWork(tenant, request, submission), null);
        return keep(submission, request, tenant, () -> submissionStore.accept(submission, key, fingerprint));
    }

    private SubmittedTask acceptOrFold(TaskRequest request, ApiClient tenant, Instant now) throws RefusedException {
        Submission submission = submission(request, tenant, now);
        Fingerprint fingerprint = new Fingerprint(
                RequestHashes.ofWork(tenant, request, submission),
                collapseWindow.isZero() ? null : now.minus(collapseWindow));
        Optional<Refusal> refusal = backpressure.refusal(submission);
        if (request.image() != null || refusal.isPresent()) {
            Optional<TaskId> running = submissionStore.running(fingerprint);
            if (running.isPresent()) {
                return new SubmittedTask(running.get(), false, true);
            }
        }
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
        }
        return keep(submission, request, tenant, () -> submissionStore.accept(submission, fingerprint));
    }

    /** Only what has become a task of its own counts towards the quota. */
    private SubmittedTask keep(
            Submission submission, TaskRequest request, ApiClient tenant, Supplier<SubmissionResult> acceptance)
            throws RefusedException {
        quotas.take(tenant);
        boolean kept = false;
        try {
            storePhoto(submission, request);
            SubmissionResult accepted = acceptance.get();
            kept = accepted instanceof SubmissionResult.Kept;
            return receipt(accepted, submission);
        } finally {
            if (!kept) {
                quotas.giveBack(tenant);
            }
        }
    }

    private SubmittedTask receipt(SubmissionResult submissionResult, @Nullable Submission submission)
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

    private Submission submission(TaskRequest request, ApiClient tenant, Instant now) throws RefusedException {
        TaskId id = TaskId.next();
        String style = fields.style(request.style());
        URI callback =
                request.callbackUrl() == null ? defaultCallback : fields.url("callback_url", request.callbackUrl());
        return new Submission(
                id,
                tenant.tenant(),
                style,
                photo(id, request),
                callback,
                now,
                fields.deadline(request.deadline(), request.ttl(), now),
                fields.priority(request.priority()),
                fields.clientRef(request.clientRef()),
                Metadata.text(request.metadata()),
                TraceParent.of(Span.current()).orElse(null));
    }

    private PhotoSource photo(TaskId id, TaskRequest request) throws RefusedException {
        String url = request.imageUrl();
        if (url != null && request.image() != null) {
            throw RefusedException.invalid("image_url", "and image are both given: send one of them");
        }
        if (url != null) {
            return new PhotoSource.Remote(fields.url("image_url", url));
        }
        if (request.image() != null) {
            return new PhotoSource.Stored(ImageKey.photo(id).value());
        }
        throw RefusedException.invalid(
                "image_url", "is missing: send it in a JSON body, or upload the photo as the part image of a form");
    }

    private void storePhoto(Submission submission, TaskRequest request) throws RefusedException {
        byte[] image = request.image();
        if (image != null) {
            ImageHeader header = uploads.check(image);
            images.put(ImageKey.photo(submission.id()), image, header.kind().mediaType());
        }
    }
}
