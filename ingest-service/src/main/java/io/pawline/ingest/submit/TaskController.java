package io.pawline.ingest.submit;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
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
    private final PhotoTakeover takeover;

    TaskController(
            TaskIntake intake,
            Quotas quotas,
            UploadMemory memory,
            PhotoTakeover takeover,
            IngestProperties settings,
            PhotoProperties photo) {
        this.intake = intake;
        this.quotas = quotas;
        this.memory = memory;
        this.takeover = takeover;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.maxImageBytes = photo.maxSize().toBytes();
    }

    @PostMapping(
            path = "/v1/tasks",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
    ResponseEntity<SubmissionView> submit(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException, InterruptedException {
        TaskRequest submission = TaskBody.read(request, maxBodyBytes).request();
        try (UploadMemory.Share share = memory.none(client.tenant())) {
            return answer(takeover.accept(submission, client, key(request), null, share), client);
        }
    }

    /** Takes a form. Whether it may come at all is decided before anything of it is read. */
    @PostMapping(path = "/v1/tasks", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<SubmissionView> upload(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException, InterruptedException {
        long most = maxImageBytes + TaskForm.MAX_BYTES_BESIDE_THE_PHOTO;
        RequestKey key = key(request);
        long bytes = RequestBody.longest(request, most, FORM);
        intake.checkQuota(client, key);
        try (UploadMemory.Share _ = memory.take(client.tenant(), bytes);
                InputStream form = RequestBody.open(request, most, FORM)) {
            TaskRequest submission = TaskForm.read(form, request.getContentType(), maxImageBytes, bytes);
            return answer(intake.accept(submission, client, key), client);
        }
    }

    static @Nullable RequestKey key(HttpServletRequest request) {
        List<String> keys = Collections.list(request.getHeaders("Idempotency-Key"));
        if (keys.size() > 1) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, "Idempotency-Key is given more than once");
        }
        return keys.isEmpty() ? null : RequestKey.of(keys.getFirst());
    }

    private ResponseEntity<SubmissionView> answer(SubmittedTask submitted, ApiClient client) {
        SubmissionView submissionView = SubmissionView.of(submitted, publicBaseUrl);
        ResponseEntity.BodyBuilder answer = ResponseEntity.accepted().location(submissionView.statusUrl());
        if (submitted.repeated()) {
            answer.header("Idempotent-Replayed", "true");
        }
        quotas.state(client).map(RateLimitView::headers).ifPresent(answer::headers);
        return answer.body(submissionView);
    }
}
