package io.pawline.ops.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.access.Operator;
import io.pawline.ops.deadletters.DeadLetter;
import io.pawline.ops.deadletters.EventJson;
import io.pawline.ops.replay.Audit;
import io.pawline.ops.replay.DeadLetterChanges;
import io.pawline.schemas.Stage;
import io.pawline.web.ProblemException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Letters discarded and edited, and the audit of all that was done. */
@RestController
final class OperatorActionController {

    private static final int AUDITED = 1_000;

    private final DeadLetterController letters;
    private final DeadLetterChanges changes;
    private final EventJson events;
    private final Audit audit;

    OperatorActionController(DeadLetterController letters, DeadLetterChanges changes, EventJson events, Audit audit) {
        this.letters = letters;
        this.changes = changes;
        this.events = events;
        this.audit = audit;
    }

    record Discarded(int discarded) {}

    @PostMapping("/v1/dead-letters/discard")
    Discarded discard(Operator operator, @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body, "filter");
        return new Discarded(changes.discard(
                operatorAction.filter().filter(),
                operatorAction.filterAsked(),
                operatorAction.who(),
                operatorAction.why()));
    }

    record Edited(int version) {}

    /** The event is checked against the stage's schema; it stays the same task's. */
    @PostMapping("/v1/dead-letters/{id}/edit")
    Edited edit(Operator operator, @PathVariable("id") String id, @RequestBody String body) {
        OperatorAction operatorAction = OperatorAction.of(operator, body, "event");
        DeadLetter deadLetter = letters.find(id);
        int version = changes.edit(
                deadLetter.id(),
                value(deadLetter, operatorAction.fields().path("event")),
                operatorAction.who(),
                operatorAction.why());
        if (version == 0) {
            throw new ProblemException(
                    OpsProblem.LETTER_STATE,
                    "the letter is %s; only an open one is edited".formatted(deadLetter.state()));
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
                    "context.taskId is not the letter's: an edited letter stays its task's");
        }
        try {
            return events.write(stage, event.toString());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(OpsProblem.PAYLOAD_REFUSED, String.valueOf(e.getMessage()));
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AuditView(
            Instant at,
            String by,
            String action,
            String why,
            @JsonRawValue @Nullable String filter,
            int letters,
            @JsonRawValue @Nullable String outcome,
            @Nullable UUID replayId,
            @Nullable Long letterId) {
        static AuditView of(Audit.Told told) {
            Audit.Entry entry = told.deed();
            return new AuditView(
                    entry.at(),
                    entry.who(),
                    entry.action(),
                    entry.why(),
                    entry.filter(),
                    entry.letters(),
                    told.outcome(),
                    entry.replay(),
                    entry.letter());
        }
    }

    record AuditPage(List<AuditView> audit) {}

    /** The newest first. */
    @GetMapping("/v1/audit")
    AuditPage audit() {
        return new AuditPage(audit.newest(AUDITED).stream().map(AuditView::of).toList());
    }
}
