package io.pawline.ops.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.deadletters.DeadLetterParameters;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.replay.ReplayActions.Move;
import io.pawline.ops.replay.ReplayForecasts.Forecast;
import io.pawline.ops.replay.ReplayReports.DeadLetterResult;
import io.pawline.ops.replay.ReplayReports.Progress;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Forecasts, starts, moves and shows replays: {@code /v1/replays}. */
@RestController
final class ReplayController {

    private static final int FASTEST = 10_000;
    private static final int RESULTS = 1_000;
    private static final int REPLAYS = 100;

    private final ReplayActions actions;
    private final ReplayForecasts forecasts;
    private final ReplayReports reports;

    ReplayController(ReplayActions actions, ReplayForecasts forecasts, ReplayReports reports) {
        this.actions = actions;
        this.forecasts = forecasts;
        this.reports = reports;
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ForecastView(
            long letters,
            long replayed,
            Map<String, Long> skipped,
            Map<String, Long> ages,
            long costMicros,
            double drainSeconds,
            Map<String, Double> callsPerSecond) {
        static ForecastView of(Forecast forecast) {
            return new ForecastView(
                    forecast.deadLetters(),
                    forecast.replayed(),
                    forecast.skipped(),
                    forecast.ages(),
                    forecast.costMicros(),
                    forecast.drainSeconds(),
                    forecast.callsPerSecond());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ReplayView(
            UUID id,
            String state,
            int perSecond,
            String by,
            String why,
            @JsonRawValue String filter,
            Instant createdAt,
            @Nullable Instant endedAt,
            Map<String, Long> letters,
            Map<String, Long> skipped,
            Map<String, Long> failedWith) {
        static ReplayView of(Progress replay) {
            return new ReplayView(
                    replay.id(),
                    replay.state(),
                    replay.perSecond(),
                    replay.askedBy(),
                    replay.why(),
                    replay.filter(),
                    replay.createdAt(),
                    replay.endedAt(),
                    replay.deadLetters(),
                    replay.skipped(),
                    replay.failedWith());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ResultView(
            int place,
            long letterId,
            String state,
            @Nullable String skipped,
            @Nullable UUID taskId,
            @Nullable Integer generation,
            @Nullable String outcome,
            @Nullable String reason) {
        static ResultView of(DeadLetterResult result) {
            return new ResultView(
                    result.place(),
                    result.deadLetterId(),
                    result.state(),
                    result.skipped(),
                    result.taskId(),
                    result.generation(),
                    result.outcome(),
                    result.reason());
        }
    }

    record Replays(List<ReplayView> replays) {}

    record Results(List<ResultView> letters) {}

    /** Forecasts what a replay would do, and changes nothing. */
    @RequiresScope(Scope.READ)
    @PostMapping("/v1/replays/dry-run")
    ForecastView dryRun(@RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.ofQuestion(body, "filter", "per_second");
        return ForecastView.of(forecasts.forecast(
                DeadLetterParameters.filter(operatorAction), operatorAction.number("per_second", FASTEST)));
    }

    @PostMapping("/v1/replays")
    ResponseEntity<ReplayView> create(Operator operator, @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body, "filter", "per_second");
        DeadLetterFilter filter = DeadLetterParameters.filter(operatorAction);
        UUID id = actions.create(
                        filter,
                        operatorAction.asked("filter"),
                        operatorAction.number("per_second", FASTEST),
                        operatorAction.who(),
                        operatorAction.why())
                .orElseThrow(() -> new ProblemException(
                        OpsProblem.LETTER_STATE, "the filter leaves no open dead letter: nothing is replayed"));
        return ResponseEntity.created(URI.create("/v1/replays/" + id)).body(find(id.toString()));
    }

    @GetMapping("/v1/replays")
    Replays list() {
        return new Replays(reports.newest(REPLAYS).stream().map(ReplayView::of).toList());
    }

    @GetMapping("/v1/replays/{id}")
    ReplayView find(@PathVariable("id") String id) {
        return reports.find(parse(id)).map(ReplayView::of).orElseThrow(ReplayController::notFound);
    }

    /** Lists what became of the dead letters, in the order of their places, beyond {@code above}. */
    @GetMapping("/v1/replays/{id}/letters")
    Results results(@PathVariable("id") String id, @RequestParam(name = "above", defaultValue = "0") int above) {
        find(id);
        return new Results(reports.results(parse(id), above, RESULTS).stream()
                .map(ResultView::of)
                .toList());
    }

    @PostMapping("/v1/replays/{id}/{move}")
    ReplayView move(
            Operator operator,
            @PathVariable("id") String id,
            @PathVariable("move") String name,
            @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body);
        Move move = Arrays.stream(Move.values())
                .filter(known -> known.code().equals(name))
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                        CommonProblem.NOT_FOUND, "a replay can be asked to pause, resume or abort"));
        ReplayView before = find(id);
        if (!actions.move(parse(id), move, operatorAction.who(), operatorAction.why())) {
            throw new ProblemException(
                    OpsProblem.REPLAY_STATE, "the replay is %s and cannot %s".formatted(before.state(), move.code()));
        }
        return find(id);
    }

    private static UUID parse(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ProblemException notFound() {
        return new ProblemException(OpsProblem.REPLAY_NOT_FOUND, "no replay has this id");
    }
}
