package io.pawline.ingest.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.QuotaExceededException;
import io.pawline.ingest.access.QuotaProblemAdvice;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimitView;
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
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Serves {@code POST /v1/batches} and {@code /v1/tasks/batch}: takes many submissions in one request, and accepts or
 * refuses each by itself. Only the tasks of the first belong to a batch that can be followed.
 */
@RestController
final class BatchController {

    static final int MAX_TASKS = 500;

    private final TaskIntake intake;
    private final Quotas quotas;
    private final Batches batches;
    private final Duration keyWindow;
    private final Clock clock;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final Tracer tracer;

    BatchController(
            TaskIntake intake,
            Quotas quotas,
            Batches batches,
            IngestProperties settings,
            Clock clock,
            OpenTelemetry telemetry) {
        this.intake = intake;
        this.quotas = quotas;
        this.batches = batches;
        this.keyWindow = settings.idempotencyWindow();
        this.clock = clock;
        this.maxBodyBytes = settings.maxBatchSize().toBytes();
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
    }

    @PostMapping(path = "/v1/tasks/batch", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answers> submit(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException {
        JsonNode tasks = tasks(TaskBody.tree(request.getInputStream(), maxBodyBytes));
        return answered(client, null, null, submitAll(tasks, client, TaskController.key(request), null));
    }

    /** Opens the batch before its first task, and finds it again if the request is repeated with its key. */
    @PostMapping(path = "/v1/batches", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Answers> open(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, RefusedException {
        JsonNode tasks = tasks(TaskBody.tree(request.getInputStream(), maxBodyBytes));
        String key = intake.batchKey(TaskController.key(request));
        Instant now = clock.instant();
        BatchId batch = batches.open(client.tenant(), key, now.minus(keyWindow), now);
        URI url = SubmissionView.url("v1/batches/" + batch, publicBaseUrl);
        return answered(client, batch, url, submitAll(tasks, client, key, batch));
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

    private List<Answer> submitAll(JsonNode tasks, ApiClient client, @Nullable String key, @Nullable BatchId batch) {
        List<Answer> answers = new ArrayList<>();
        boolean databaseLost = false;
        for (JsonNode task : tasks) {
            // Each would wait as long for a connection, in vain.
            Answer answer = databaseLost
                    ? lost()
                    : submit(task, client, key == null ? null : key + "#" + answers.size(), batch);
            databaseLost = answer.status() == HttpStatus.SERVICE_UNAVAILABLE.value();
            answers.add(answer);
        }
        return answers;
    }

    private static JsonNode tasks(JsonNode body) {
        JsonNode tasks = body.path("tasks");
        if (!body.isObject() || body.size() != 1 || !tasks.isArray()) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "the body must be a JSON object with the one field tasks, an array");
        }
        if (tasks.isEmpty() || tasks.size() > MAX_TASKS) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "tasks has %d elements: 1 to %d are allowed".formatted(tasks.size(), MAX_TASKS));
        }
        return tasks;
    }

    /** Submits one task in a trace of its own, which is linked to the trace of the request. */
    private Answer submit(JsonNode task, ApiClient client, @Nullable String key, @Nullable BatchId batch) {
        Span span = tracer.spanBuilder("submit")
                .setNoParent()
                .addLink(Span.current().getSpanContext())
                .startSpan();
        try (var _ = span.makeCurrent()) {
            return accept(task, client, key, batch);
        } finally {
            span.end();
        }
    }

    private Answer accept(JsonNode task, ApiClient client, @Nullable String key, @Nullable BatchId batch) {
        try {
            SubmissionView submissionView =
                    SubmissionView.of(intake.accept(TaskBody.of(task).request(), client, key, batch), publicBaseUrl);
            return new Answer(HttpStatus.ACCEPTED.value(), submissionView, null);
        } catch (ProblemException e) {
            return Answer.refused(e.type(), e.detail());
        } catch (RefusedException e) {
            return Answer.refused(RefusedProblemAdvice.problem(e));
        } catch (QuotaExceededException e) {
            return Answer.refused(QuotaProblemAdvice.problem(e));
        } catch (DatabaseUnavailableException e) {
            return lost();
        }
    }

    private static Answer lost() {
        return Answer.refused(
                CommonProblem.DATABASE_UNAVAILABLE, "the submission was not accepted: send it again later");
    }
}
