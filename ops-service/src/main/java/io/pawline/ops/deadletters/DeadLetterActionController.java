package io.pawline.ops.deadletters;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.http.Parameters;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Scope;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
import java.util.List;
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
    private final DeadLetterPatches patches;
    private final EventJson events;

    DeadLetterActionController(
            DeadLetterController deadLetters, DeadLetterChanges changes, DeadLetterPatches patches, EventJson events) {
        this.deadLetters = deadLetters;
        this.changes = changes;
        this.patches = patches;
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

    record ExampleView(
            long id,
            String stage,
            @JsonRawValue String before,
            @JsonRawValue String after) {}

    record RefusalView(long id, String why) {}

    record PatchPreview(
            int changed, int unchanged, int refused, List<ExampleView> examples, List<RefusalView> refusals) {
        static PatchPreview of(DeadLetterPatches.Preview preview) {
            return new PatchPreview(
                    preview.changed(),
                    preview.unchanged(),
                    preview.refused(),
                    preview.examples().stream()
                            .map(each -> new ExampleView(each.id(), each.stage(), each.before(), each.after()))
                            .toList(),
                    preview.refusals().stream()
                            .map(each -> new RefusalView(each.id(), each.why()))
                            .toList());
        }
    }

    /** Says what a patch would do to many payloads. Nothing is changed. */
    @RequiresScope(Scope.READ)
    @PostMapping("/v1/dead-letters/patch/preview")
    PatchPreview preview(@RequestBody String body) {
        OperatorAction asked = OperatorAction.ofQuestion(body, "filter", "patch");
        return PatchPreview.of(patches.preview(DeadLetterParameters.filter(asked), patch(asked)));
    }

    record Patched(int edited, int unchanged, List<Long> ids) {}

    /** Keeps a new version of each payload, all or none. */
    @PostMapping("/v1/dead-letters/patch")
    Patched patch(Operator operator, @RequestBody String body) {
        OperatorAction asked = OperatorAction.of(operator, body, "filter", "patch");
        DeadLetterPatches.Patched patched = patches.patch(
                DeadLetterParameters.filter(asked), patch(asked), asked.asked("filter"), asked.who(), asked.why());
        return new Patched(patched.edited().size(), patched.unchanged(), patched.edited());
    }

    private static JsonNode patch(OperatorAction asked) {
        JsonNode patch = asked.fields().path("patch");
        if (!patch.isObject() || patch.isEmpty()) {
            throw Parameters.invalid(
                    "patch is missing: say what to change, as a JSON merge patch, such as {\"context\":{\"style\":\"ink\"}}");
        }
        return patch;
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
