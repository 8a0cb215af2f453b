package io.pawline.ops.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.deadletters.DeadLetterParameters;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.http.Parameters;
import io.pawline.ops.replay.ReplayActions.Move;
import io.pawline.ops.replay.ReplayForecasts.Forecast;
import io.pawline.ops.replay.ReplayPlans.Plan;
import io.pawline.ops.replay.ReplayReports.DeadLetterResult;
import io.pawline.ops.replay.ReplayReports.Progress;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.net.URI;
import java.time.Clock;
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

    private static final int FASTEST = ReplayRequests.FASTEST;
    private static final int RESULTS = 1_000;
    private static final int REPLAYS = 100;

    private final ReplayPlans plans;
    private final ReplayActions actions;
    private final ReplayForecasts forecasts;
    private final ReplayReports reports;
    private final ReplayRequests requests;

    ReplayController(
            ReplayPlans plans, ReplayActions actions, ReplayForecasts forecasts, ReplayReports reports, Clock clock) {
        this.plans = plans;
        this.requests = new ReplayRequests(clock);
        this.actions = actions;
        this.forecasts = forecasts;
        this.reports = reports;
    }

    /** @param plan the snapshot that a replay sends */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ForecastView(
            PlanView plan,
            long letters,
            long replayed,
            Map<String, Long> skipped,
            Map<String, Long> ages,
            @Nullable Long costMicros,
            List<String> unpriced,
            double drainSeconds,
            Map<String, Double> callsPerSecond,
            List<String> unmeasured) {
        static ForecastView of(Plan plan, Forecast forecast) {
            return new ForecastView(
                    PlanView.of(plan),
                    forecast.members(),
                    forecast.replayed(),
                    forecast.skipped(),
                    forecast.ages(),
                    forecast.costMicros(),
                    forecast.unpriced(),
                    forecast.drainSeconds(),
                    forecast.callsPerSecond(),
                    forecast.unmeasured());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PlanView(
            UUID id,
            @Nullable String name,
            @JsonRawValue String filter,
            @Nullable String fromStage,
            int letters,
            String by,
            Instant createdAt) {
        static PlanView of(Plan plan) {
            return new PlanView(
                    plan.id(),
                    plan.name(),
                    plan.filter(),
                    plan.restarts() ? Stage.DETECT.code() : null,
                    plan.members(),
                    plan.madeBy(),
                    plan.createdAt());
        }
    }

    record Plans(List<PlanView> plans) {}

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
            @Nullable String name,
            @Nullable UUID planId,
            @Nullable String fromStage,
            @Nullable Instant startsAt,
            @Nullable Integer stopPercent,
            @Nullable String pausedBecause,
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
                    replay.name(),
                    replay.plan(),
                    replay.restarts() ? Stage.DETECT.code() : null,
                    replay.startsAt(),
                    replay.stopPercent(),
                    replay.pausedBecause(),
                    replay.deadLetters(),
                    replay.skipped(),
                    replay.failedWith());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ResultView(
            int place,
            @Nullable Long letterId,
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

    /** Takes a snapshot of what is meant, and forecasts what a replay of it would do. Nothing is sent. */
    @RequiresScope(Scope.READ)
    @PostMapping("/v1/replays/dry-run")
    ForecastView dryRun(Operator operator, @RequestBody String body) {
        OperatorAction asked = OperatorAction.ofQuestion(body, "filter", "tasks", "from_stage", "name", "per_second");
        int perSecond = asked.number("per_second", FASTEST);
        Plan plan = plan(asked, operator.name().orElse(asked.fields().path("by").asString("")));
        return ForecastView.of(plan, forecasts.forecast(plan, perSecond));
    }

    @GetMapping("/v1/replays/plans")
    Plans plans() {
        return new Plans(plans.named(REPLAYS).stream().map(PlanView::of).toList());
    }

    /** Forecasts a replay of a snapshot that was taken before, as things are now. */
    @GetMapping("/v1/replays/plans/{id}")
    ForecastView forecast(
            @PathVariable("id") String id, @RequestParam(name = "per_second", defaultValue = "20") int perSecond) {
        if (perSecond < 1 || perSecond > FASTEST) {
            throw Parameters.invalid("per_second is no whole number from 1 to " + FASTEST);
        }
        Plan plan = kept(parse(id));
        return ForecastView.of(plan, forecasts.forecast(plan, perSecond));
    }

    /** Gives a snapshot a name, and so keeps it as long as its dead letters. Nothing is sent. */
    @RequiresScope(Scope.READ)
    @PostMapping("/v1/replays/plans/{id}/keep")
    PlanView keep(@PathVariable("id") String id, @RequestBody String body) {
        String name = requests.name(OperatorAction.ofQuestion(body, "name"));
        if (name == null) {
            throw Parameters.invalid("name is missing");
        }
        return PlanView.of(plans.keep(kept(parse(id)).id(), name));
    }

    @PostMapping("/v1/replays")
    ResponseEntity<ReplayView> create(Operator operator, @RequestBody String body) {
        OperatorAction asked = OperatorAction.of(operator, body, ReplayRequests.FIELDS);
        ReplayOrder order = requests.order(asked);
        Plan plan = asked.fields().has("plan") ? kept(requests.plan(asked)) : plan(asked, asked.who());
        if (plan.ofTasks() && order.deadline() == null) {
            throw Parameters.invalid("deadline_seconds is missing: say how long the tasks may take from now on");
        }
        UUID id = actions.create(plan, order, asked.who(), asked.why())
                .orElseThrow(() -> new ProblemException(
                        OpsProblem.LETTER_STATE, "nothing of what is meant is open: nothing is replayed"));
        return ResponseEntity.created(URI.create("/v1/replays/" + id)).body(find(id.toString()));
    }

    private Plan plan(OperatorAction asked, String who) {
        boolean restarts = requests.restarts(asked);
        String name = requests.name(asked);
        return asked.fields().has("tasks")
                ? plans.ofTasks(ReplayedTasks.of(asked), asked.asked("tasks"), name, who)
                : plans.ofDeadLetters(DeadLetterParameters.filter(asked), asked.asked("filter"), restarts, name, who);
    }

    private Plan kept(UUID id) {
        return plans.find(id)
                .orElseThrow(() -> new ProblemException(
                        OpsProblem.REPLAY_NOT_FOUND, "no dry run has this id, or it is older than a day"));
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
