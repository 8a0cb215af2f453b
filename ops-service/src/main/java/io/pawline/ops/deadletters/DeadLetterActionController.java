package io.pawline.ops.deadletters;

import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.http.OpsProblem;
import io.pawline.schemas.Stage;
import io.pawline.web.ProblemException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Discards and edits dead letters, with an entry in the audit: {@code /v1/dead-letters}. */
@RestController
final class DeadLetterActionController {

    private final DeadLetterController deadLetters;
    private final DeadLetterChanges changes;
    private final EventJson events;

    DeadLetterActionController(DeadLetterController deadLetters, DeadLetterChanges changes, EventJson events) {
        this.deadLetters = deadLetters;
        this.changes = changes;
        this.events = events;
    }

    record Discarded(int discarded) {}

    @PostMapping("/v1/dead-letters/discard")
    Discarded discard(Operator operator, @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body, "filter");
        return new Discarded(changes.discard(
                DeadLetterParameters.filter(operatorAction),
                operatorAction.asked("filter"),
                operatorAction.who(),
                operatorAction.why()));
    }

    record Edited(int version) {}

    /** Keeps an edited event, which must fit the stage's schema and be of the same task. */
    @PostMapping("/v1/dead-letters/{id}/edit")
    Edited edit(Operator operator, @PathVariable("id") String id, @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body, "event");
        DeadLetter deadLetter = deadLetters.find(id);
        int version = changes.edit(
                deadLetter.id(),
                value(deadLetter, operatorAction.fields().path("event")),
                operatorAction.who(),
                operatorAction.why());
        if (version == 0) {
            throw new ProblemException(
                    OpsProblem.LETTER_STATE,
                    "the dead letter is %s; only an open one is edited".formatted(deadLetter.state()));
        }
        return new Edited(version);
    }

    private byte[] value(DeadLetter deadLetter, JsonNode event) {
        Stage stage = Stage.ofCode(deadLetter.stage()).orElseThrow();
        if (deadLetter.taskId() == null
                || !event.at("/context/taskId")
                        .asString("")
                        .equals(deadLetter.taskId().toString())) {
            throw new ProblemException(
                    OpsProblem.PAYLOAD_REFUSED,
                    "context.taskId is not the dead letter's: an edited dead letter keeps its task");
        }
        try {
            return events.write(stage, event.toString());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(OpsProblem.PAYLOAD_REFUSED, String.valueOf(e.getMessage()));
        }
    }
}
