package io.pawline.ingest.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.pawline.images.ImageStoreException;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.access.QuotaProblemAdvice;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimitView;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.JsonElement;
import io.pawline.ingest.http.RequestBody;
import io.pawline.ingest.http.StrictJson;
import io.pawline.taskstore.BatchId;
import io.pawline.taskstore.Batches;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.ProblemException;
import io.pawline.web.ProblemType;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Serves {@code POST /v1/batches} and {@code /v1/tasks/batch}: takes many submissions in one request, and accepts or
 * refuses each by itself. Only the tasks of the first belong to a batch that can be followed.
 */
@RestController
final class BatchController {

    static final int MAX_TASKS = 500;

    private static final Logger log = LoggerFactory.getLogger(BatchController.class);

    private static final int RETRY_SECONDS = 5;

    private final TaskIntake intake;
    private final PhotoTakeover takeover;
    private final Quotas quotas;
    private final UploadMemory memory;
    private final Batches batches;
    private final Duration keyWindow;
    private final Clock clock;
    private final long maxBodyBytes;
    private final long maxTaskBytes;
    private final @Nullable URI publicBaseUrl;
    private final Tracer tracer;

    BatchController(
            TaskIntake intake,
            PhotoTakeover takeover,
            Quotas quotas,
            UploadMemory memory,
            Batches batches,
            IngestProperties settings,
            Clock clock,
            OpenTelemetry telemetry) {
        this.intake = intake;
        this.takeover = takeover;
        this.quotas = quotas;
        this.memory = memory;
        this.batches = batches;
        this.keyWindow = settings.idempotencyWindow();
        this.clock = clock;
        this.maxBodyBytes = settings.maxBatchSize().toBytes();
        this.maxTaskBytes = settings.maxBodySize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.tracer = telemetry.getTracer("io.pawline.ingest");
    }

    /**
     * The answers to a batch's submissions, in their order.
     *
     * @param batchId null: the tasks belong to no batch
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answers(@Nullable String batchId, @Nullable URI batchUrl, List<Answer> results) {}

    /** One answer, with the status it would have had by itself. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            int status,
            @JsonUnwrapped @Nullable SubmissionView accepted,
            @Nullable ProblemDetail problem) {

        static Answer refused(ProblemType type, String detail) {
            return refused(ProblemAdvice.problem(type, detail));
        }

        static Answer refused(ProblemDetail problem) {
            return new Answer(problem.getStatus(), null, problem);
        }

        boolean is(ProblemType type) {
            return problem != null && type.uri().equals(problem.getType());
        }
    }

    /** Takes a batch. Once its first submission may be accepted, the answer says what became of each. */
    @PostMapping(
            path = "/v1/tasks/batch",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
    ResponseEntity<Answers> submit(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, InterruptedException {
        RequestKey key = TaskController.key(request);
        try (UploadMemory.Share share = share(client, request)) {
            return answered(client, null, null, submit(tasks(request), client, key, null, share));
        }
    }

    /** Opens the batch before its first task, and finds it again if the request is repeated with its key. */
    @PostMapping(
            path = "/v1/batches",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
    ResponseEntity<Answers> open(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, InterruptedException, RefusedException {
        RequestKey key = TaskController.key(request);
        if (key != null) {
            intake.checkBatchKey(key);
        }
        try (UploadMemory.Share share = share(client, request)) {
            List<JsonElement> tasks = tasks(request);
            Instant now = clock.instant();
            BatchId batch = batches.open(client.tenant(), key == null ? null : key.text(), now.minus(keyWindow), now);
            URI url = SubmissionView.url("v1/batches/" + batch, publicBaseUrl);
            return answered(client, batch, url, submit(tasks, client, key, batch, share));
        }
    }

    private UploadMemory.Share share(ApiClient client, HttpServletRequest request)
            throws IOException, InterruptedException {
        return memory.take(client.tenant(), RequestBody.longest(request, maxBodyBytes, "a JSON body"));
    }

    private List<JsonElement> tasks(HttpServletRequest request) throws IOException {
        return StrictJson.elements(StrictJson.bytes(request, maxBodyBytes), "tasks", MAX_TASKS);
    }

    private ResponseEntity<Answers> answered(
            ApiClient client, @Nullable BatchId batch, @Nullable URI url, List<Answer> answers) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(HttpStatus.MULTI_STATUS);
        if (url != null) {
            answer.location(url);
        }
        quotas.state(client).map(RateLimitView::headers).ifPresent(answer::headers);
        return answer.body(new Answers(batch == null ? null : batch.toString(), url, answers));
    }

    private List<Answer> submit(
            List<JsonElement> tasks,
            ApiClient client,
            @Nullable RequestKey key,
            @Nullable BatchId batch,
            UploadMemory.Share share)
            throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        boolean databaseLost = false;
        for (JsonElement task : tasks) {
            // Each would wait as long for a connection, in vain.
            Answer answer = databaseLost
                    ? lost()
                    : submit(task, client, key == null ? null : key.at(answers.size()), batch, share);
            databaseLost = answer.is(CommonProblem.DATABASE_UNAVAILABLE);
            answers.add(answer);
        }
        return answers;
    }

    /** Submits one task in a trace of its own, which is linked to the trace of the request. */
    private Answer submit(
            JsonElement task,
            ApiClient client,
            @Nullable RequestKey key,
            @Nullable BatchId batch,
            UploadMemory.Share share)
            throws InterruptedException {
        Span span = tracer.spanBuilder("submit")
                .setNoParent()
                .addLink(Span.current().getSpanContext())
                .startSpan();
        try (var _ = span.makeCurrent()) {
            return accept(task, client, key, batch, share);
        } finally {
            span.end();
        }
    }

    private Answer accept(
            JsonElement task,
            ApiClient client,
            @Nullable RequestKey key,
            @Nullable BatchId batch,
            UploadMemory.Share share)
            throws InterruptedException {
        try {
            SubmissionView submissionView = SubmissionView.of(
                    takeover.accept(TaskBody.of(task, maxTaskBytes).request(), client, key, batch, share),
                    publicBaseUrl);
            return new Answer(HttpStatus.ACCEPTED.value(), submissionView, null);
        } catch (ProblemException e) {
            return Answer.refused(e.type(), e.detail());
        } catch (RefusedException e) {
            return Answer.refused(RefusedProblemAdvice.problem(e));
        } catch (QuotaExceededException e) {
            return Answer.refused(QuotaProblemAdvice.problem(e));
        } catch (TooManyUploadsException e) {
            return Answer.refused(RefusedProblemAdvice.problem(e));
        } catch (ImageStoreException e) {
            return unavailable(IngestProblem.IMAGE_STORE_UNAVAILABLE);
        } catch (DatabaseUnavailableException e) {
            return lost();
        } catch (RuntimeException e) {
            // The client has to learn what became of the others
            log.error("A submission of a batch failed", e);
            return Answer.refused(
                    CommonProblem.INTERNAL_ERROR, "the fault is not the submission's; it has been logged");
        }
    }

    private static Answer lost() {
        return unavailable(CommonProblem.DATABASE_UNAVAILABLE);
    }

    private static Answer unavailable(ProblemType type) {
        ProblemDetail problem = ProblemAdvice.problem(type, "the submission was not accepted: send it again later");
        problem.setProperty("retry_after", RETRY_SECONDS);
        return Answer.refused(problem);
    }
}
