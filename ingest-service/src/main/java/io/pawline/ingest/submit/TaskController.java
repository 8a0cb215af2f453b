package io.pawline.ingest.submit;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimitView;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Serves {@code POST /v1/tasks}: submits one task, as JSON or as a form with an uploaded photo. */
@RestController
final class TaskController {

    private final TaskIntake intake;
    private final Quotas quotas;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final Semaphore uploads;

    TaskController(TaskIntake intake, Quotas quotas, IngestProperties settings) {
        this.intake = intake;
        this.quotas = quotas;
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.uploads = new Semaphore(settings.uploadsAtOnce());
    }

    @PostMapping(path = "/v1/tasks", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<SubmissionView> submit(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException {
        return accept(TaskBody.read(request.getInputStream(), maxBodyBytes).request(), client, key(request));
    }

    @PostMapping(path = "/v1/tasks", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<SubmissionView> upload(
            @RequiresScope(Scope.SUBMIT) ApiClient client, MultipartHttpServletRequest form)
            throws IOException, RefusedException, InterruptedException {
        uploads.acquire();
        try {
            return accept(TaskForm.read(form), client, key(form));
        } finally {
            uploads.release();
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
