package io.pawline.ingest.follow;

import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.TaskTokens;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.TimeSpan;
import io.pawline.ingest.task.TaskIds;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDao;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Serves {@code POST /v1/tasks/{id}/token}: a token by which a browser may read one task for a short time. */
@RestController
final class TokenController {

    private static final Duration LONGEST = Duration.ofHours(1);

    private final TaskTokens tokens;
    private final TaskDao tasks;
    private final Clock clock;
    private final @Nullable URI publicBaseUrl;

    TokenController(TaskTokens tokens, TaskDao tasks, IngestProperties settings, Clock clock) {
        this.tokens = tokens;
        this.tasks = tasks;
        this.clock = clock;
        this.publicBaseUrl = settings.publicBaseUrl();
    }

    /** A token as JSON, with the addresses to read the task from. Its text shows no token. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record TokenView(String token, Instant expiresAt, URI statusUrl, URI eventsUrl) {
        @Override
        public String toString() {
            return "TokenView[expiresAt=" + expiresAt + "]";
        }
    }

    @PostMapping("/v1/tasks/{id}/token")
    ResponseEntity<TokenView> token(
            @RequiresScope(Scope.READ) ApiClient client,
            @PathVariable("id") String id,
            @RequestParam(name = "ttl", defaultValue = "15m") String ttl) {
        Duration time = time(ttl);
        TaskId task = TaskIds.parse(id);
        if (tasks.find(task).filter(found -> found.visibleTo(client.tenant())).isEmpty()) {
            throw TaskIds.notFound();
        }
        Instant expiresAt = clock.instant().plus(time).truncatedTo(ChronoUnit.SECONDS);
        String token = tokens.token(task, client.tenant(), expiresAt)
                .orElseThrow(() -> new ProblemException(
                        IngestProblem.NO_MASTER_SECRET,
                        "there are no tokens: the operator has set no pawline.callback.master-secrets"));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new TokenView(
                        token, expiresAt, url(task + "?token=" + token), url(task + "/events?token=" + token)));
    }

    private static Duration time(String text) {
        Duration time = TimeSpan.parse(text)
                .orElseThrow(() -> new ProblemException(CommonProblem.INVALID_REQUEST, "ttl " + TimeSpan.FAULT));
        if (time.isZero() || time.compareTo(LONGEST) > 0) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST, "ttl must be from 1s to %dm".formatted(LONGEST.toMinutes()));
        }
        return time;
    }

    private URI url(String rest) {
        String base = publicBaseUrl == null
                ? ServletUriComponentsBuilder.fromCurrentContextPath().toUriString()
                : publicBaseUrl.toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + "v1/tasks/" + rest);
    }
}
