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

/** Serves {@code /v1/tasks/batch}: takes many submissions in one request, and accepts or refuses each by itself. */
@RestController
final class BatchController {

    static final int MAX_TASKS = 500;

    private final TaskIntake intake;
    private final Quotas quotas;
    private final long maxBodyBytes;
    private final @Nullable URI publicBaseUrl;
    private final Tracer tracer;

    BatchController(TaskIntake intake, Quotas quotas, IngestProperties settings, OpenTelemetry telemetry) {
        this.intake = intake;
        this.quotas = quotas;
        this.maxBodyBytes = settings.maxBatchSize().toBytes();
        this.publicBaseUrl = settings.publicBaseUrl();
        this.tracer = telemetry.getTracer("io.pawline.ingest");
    }

    /** The answers to a batch's submissions, in their order. */
    record Answers(List<Answer> results) {}

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
        RequestKey key = TaskController.key(request);
        List<Answer> answers = new ArrayList<>();
        boolean databaseLost = false;
        for (JsonNode task : tasks) {
            // Each would wait as long for a connection, in vain.
            Answer answer = databaseLost ? lost() : submit(task, client, key == null ? null : key.at(answers.size()));
            databaseLost = answer.status() == HttpStatus.SERVICE_UNAVAILABLE.value();
            answers.add(answer);
        }
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(HttpStatus.MULTI_STATUS);
        quotas.state(client).map(RateLimitView::headers).ifPresent(answer::headers);
        return answer.body(new Answers(answers));
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
    private Answer submit(JsonNode task, ApiClient client, @Nullable RequestKey key) {
        Span span = tracer.spanBuilder("submit")
                .setNoParent()
                .addLink(Span.current().getSpanContext())
                .startSpan();
        try (var _ = span.makeCurrent()) {
            return accept(task, client, key);
        } finally {
            span.end();
        }
    }

    private Answer accept(JsonNode task, ApiClient client, @Nullable RequestKey key) {
        try {
            SubmissionView submissionView =
                    SubmissionView.of(intake.accept(TaskBody.of(task).request(), client, key), publicBaseUrl);
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
