package io.pawline.ingest.submit;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimitView;
import io.pawline.ingest.http.RequestBody;
import io.pawline.photos.PhotoProperties;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@code POST /v1/tasks}: submits one task, as JSON or as a form with an uploaded photo. */
@RestController
final class TaskController {

    private static final String FORM = "a form";

    private final TaskIntake intake;
    private final Quotas quotas;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final long maxImageBytes;
    private final UploadMemory memory;

    TaskController(
            TaskIntake intake, Quotas quotas, UploadMemory memory, IngestProperties settings, PhotoProperties photo) {
        this.intake = intake;
        this.quotas = quotas;
        this.memory = memory;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.maxImageBytes = photo.maxSize().toBytes();
    }

    @PostMapping(
            path = "/v1/tasks",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
    ResponseEntity<SubmissionView> submit(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException {
        return accept(TaskBody.read(request, maxBodyBytes).request(), client, key(request));
    }

    /** Takes a form. Whether it may come at all is decided before anything of it is read. */
    @PostMapping(path = "/v1/tasks", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<SubmissionView> upload(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException, InterruptedException {
        long most = maxImageBytes + TaskForm.MAX_BYTES_BESIDE_THE_PHOTO;
        RequestKey key = key(request);
        long bytes = RequestBody.longest(request, most, FORM);
        checkQuota(client, key);
        try (UploadMemory.Share _ = memory.take(client.tenant(), bytes);
                InputStream form = RequestBody.open(request, most, FORM)) {
            return accept(TaskForm.read(form, request.getContentType(), maxImageBytes, bytes), client, key);
        }
    }

    /** A repetition is free. Whether a new form would be folded into a running task is not known before it is read. */
    private void checkQuota(ApiClient client, @Nullable RequestKey key) throws RefusedException {
        try {
            quotas.check(client);
        } catch (QuotaExceededException usedUp) {
            if (key == null || !intake.knows(client, key)) {
                throw usedUp;
            }
        }
    }

    static @Nullable RequestKey key(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
        if (keys.size() > 1) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, "Idempotency-Key is given more than once");
        }
        return keys.isEmpty() ? null : RequestKey.of(keys.getFirst());
    }

    private ResponseEntity<SubmissionView> accept(TaskRequest request, ApiClient client, @Nullable RequestKey key)
            throws RefusedException {
        SubmittedTask submitted = intake.accept(request, client, key);
        SubmissionView submissionView = SubmissionView.of(submitted, publicBaseUrl);
        ResponseEntity.BodyBuilder answer = ResponseEntity.accepted().location(submissionView.statusUrl());
        if (submitted.repeated()) {
            answer.header("Idempotent-Replayed", "true");
        }
        quotas.state(client).map(RateLimitView::headers).ifPresent(answer::headers);
        return answer.body(submissionView);
    }
}
