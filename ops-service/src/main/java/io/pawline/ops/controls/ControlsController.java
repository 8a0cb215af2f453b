package io.pawline.ops.controls;

import io.pawline.controls.ControlPublishException;
import io.pawline.controls.ControlPublisher;
import io.pawline.controls.TenantWeight;
import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.Audit;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.controls.OperatorControls.Cancelled;
import io.pawline.ops.controls.OperatorControls.Order;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.http.Parameters;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.ProblemException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows and gives live controls: {@code /v1/controls}. */
@RestController
final class ControlsController {

    private static final Logger log = LoggerFactory.getLogger(ControlsController.class);

    private static final int MOST_CALLS = 100_000;
    private static final Pattern PROVIDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final OperatorControls controls;
    private final ControlEvents events;
    private final Audit audit;

    ControlsController(OperatorControls controls, ControlEvents events, Audit audit) {
        this.controls = controls;
        this.events = events;
        this.audit = audit;
    }

    /**
     * What is in force.
     *
     * @param controls sorted by subject; of cancelled tasks the newest ones
     * @param cancelledTasks how many tasks are cancelled and could still be met by a stage
     * @param last the control that was given last through this service, for each subject that is no task
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ControlList(List<ControlView> controls, long cancelledTasks, List<ControlView> last) {}

    @GetMapping("/v1/controls")
    ControlList list(@RequestParam MultiValueMap<String, String> query) throws InterruptedException {
        Parameters.of(query);
        ControlEvents.InForce inForce = events.inForce().orElseThrow(UnreadException::new);
        return new ControlList(
                inForce.controls(),
                inForce.cancelledTasks(),
                audit.lastControls().stream().map(ControlView::of).toList());
    }

    @PostMapping("/v1/controls/stages/{stage}/pause")
    ControlView pause(Operator operator, @PathVariable("stage") String stage, @RequestBody String body) {
        return ControlView.of(controls.pause(stage(stage), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/stages/{stage}/resume")
    ControlView resume(Operator operator, @PathVariable("stage") String stage, @RequestBody String body) {
        return ControlView.of(controls.resume(stage(stage), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/stages/{stage}/limit")
    ControlView limit(Operator operator, @PathVariable("stage") String stage, @RequestBody String body) {
        OperatorAction action = OperatorAction.of(operator, body, "limit");
        return ControlView.of(controls.limit(stage(stage), action.number("limit", MOST_CALLS), order(action)));
    }

    @PostMapping("/v1/controls/stages/{stage}/clear-limit")
    ControlView clearLimit(Operator operator, @PathVariable("stage") String stage, @RequestBody String body) {
        return ControlView.of(controls.clearLimit(stage(stage), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/tenants/{tenant}/weight")
    ControlView weight(Operator operator, @PathVariable("tenant") String tenant, @RequestBody String body) {
        OperatorAction action = OperatorAction.of(operator, body, "weight");
        return ControlView.of(controls.weight(tenant(tenant), thousandths(action), order(action)));
    }

    @PostMapping("/v1/controls/tenants/{tenant}/clear-weight")
    ControlView clearWeight(Operator operator, @PathVariable("tenant") String tenant, @RequestBody String body) {
        return ControlView.of(controls.clearWeight(tenant(tenant), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/providers/{provider}/cool-down")
    ControlView coolDown(Operator operator, @PathVariable("provider") String provider, @RequestBody String body) {
        OperatorAction action = OperatorAction.of(operator, body, "seconds");
        int seconds = action.number("seconds", (int) ControlPublisher.LONGEST_COOL_DOWN.toSeconds());
        return ControlView.of(controls.coolDown(provider(provider), Duration.ofSeconds(seconds), order(action)));
    }

    @PostMapping("/v1/controls/providers/{provider}/end-cool-down")
    ControlView endCoolDown(Operator operator, @PathVariable("provider") String provider, @RequestBody String body) {
        return ControlView.of(controls.endCoolDown(provider(provider), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/providers/{provider}/switch-off")
    ControlView switchOff(Operator operator, @PathVariable("provider") String provider, @RequestBody String body) {
        return ControlView.of(controls.switchOff(provider(provider), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/providers/{provider}/switch-on")
    ControlView switchOn(Operator operator, @PathVariable("provider") String provider, @RequestBody String body) {
        return ControlView.of(controls.switchOn(provider(provider), order(OperatorAction.of(operator, body))));
    }

    @PostMapping("/v1/controls/tasks/{id}/cancel")
    ControlView cancel(Operator operator, @PathVariable("id") String id, @RequestBody String body) {
        TaskId task;
        try {
            task = TaskId.parse(id);
        } catch (IllegalArgumentException none) {
            throw Parameters.invalid("the task's id is none: it is a UUID");
        }
        return switch (controls.cancel(task, order(OperatorAction.of(operator, body)))) {
            case Cancelled.Now now -> ControlView.of(now.entry());
            case Cancelled.Ended ended ->
                throw new ProblemException(
                        OpsProblem.TASK_ENDED, "the task is %s and cannot be cancelled".formatted(ended.state()));
            case Cancelled.Unknown _ ->
                throw new ProblemException(CommonProblem.TASK_NOT_FOUND, "no task has the id " + task);
        };
    }

    /** Answers when Kafka does not take a control. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> notPublished(ControlPublishException failed) {
        log.warn("a control was not published: {}", String.valueOf(failed.getCause()));
        return ProblemAdvice.answer(
                OpsProblem.CONTROLS_UNAVAILABLE,
                "Kafka has not acknowledged the control; see whether it is in force, and give it again: to give it"
                        + " twice does no harm");
    }

    /** Answers while the controls have not been read. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unread(UnreadException failed) {
        return ProblemAdvice.answer(
                OpsProblem.CONTROLS_UNAVAILABLE,
                "ops-service has not read the live controls yet; its log says what it waits for");
    }

    /** Says that the controls have not been read. */
    static final class UnreadException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static Order order(OperatorAction action) {
        return new Order(action.who(), action.why());
    }

    private static Stage stage(String code) {
        return Stage.ofCode(code)
                .orElseThrow(() -> new ProblemException(
                        CommonProblem.NOT_FOUND,
                        "there is no such stage; the stages are "
                                + Arrays.stream(Stage.values()).map(Stage::code).collect(Collectors.joining(", "))));
    }

    private static int thousandths(OperatorAction action) {
        try {
            return TenantWeight.thousandths(action.decimal("weight"));
        } catch (IllegalArgumentException wrong) {
            throw Parameters.invalid(String.valueOf(wrong.getMessage()));
        }
    }

    private static String tenant(String name) {
        if (!TenantWeight.isTenant(name)) {
            throw Parameters.invalid("a tenant's name has 1 to 200 characters, and no control characters");
        }
        return name;
    }

    private static String provider(String name) {
        if (!PROVIDER.matcher(name).matches()) {
            throw Parameters.invalid("a provider's name has letters, digits, '.', '_' and '-', at most 100 of them");
        }
        return name;
    }
}
