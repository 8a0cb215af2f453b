package io.pawline.ops.deadletters;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.http.OpsProblem;
import io.pawline.ops.http.Parameters;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.web.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes the payloads of many dead letters at once, by one patch. Either all are changed or none: if the result is no
 * event of its stage for one of them, nothing is. Each gets a new version, as if a person had edited it. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class DeadLetterPatches {

    /** Most dead letters that are changed at once. */
    static final int MOST = 50_000;

    private static final int AT_ONCE = 500;
    private static final int EXAMPLES = 10;
    private static final int REFUSALS = 10;

    private static final String CHOSEN =
            "select id from dead_letter where <where> and state = 'open' order by failed_at, id limit :most";

    /** The newest version is what is changed. Whoever replays or discards one waits for the end. */
    private static final String CONTENT = """
            select id, topic, stage, task_id, coalesce(
                (select edit.record_value from dead_letter_edit edit where edit.letter_id = id order by version desc limit 1),
                record.record_value) as value
            from dead_letter join dead_letter_record record on record.letter_id = id
            where id = any(:ids) and state = 'open' order by failed_at, id <lock>
            """;

    private static final String ADD = """
            insert into dead_letter_edit (letter_id, version, record_value, made_by, why, made_at)
            select :letter, coalesce(max(version), 1) + 1, :value, :who, :why, :now
            from dead_letter_edit where letter_id = :letter
            """;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskDatabase database;
    private final EventJson events;
    private final Clock clock;

    DeadLetterPatches(TaskDatabase database, EventJson events, Clock clock) {
        this.database = database;
        this.events = events;
        this.clock = clock;
    }

    /** An event before and after the patch, as JSON. */
    record Example(long id, String stage, String before, String after) {}

    /** A dead letter that the patch does not fit, and the reason. */
    record Refusal(long id, String why) {}

    /**
     * What a patch does.
     *
     * @param unchanged dead letters that already are as the patch would make them
     * @param refused those that it does not fit
     * @param examples the first that it changes
     * @param refusals the first of those that it does not fit
     */
    record Preview(int changed, int unchanged, int refused, List<Example> examples, List<Refusal> refusals) {
        Preview {
            examples = List.copyOf(examples);
            refusals = List.copyOf(refusals);
        }
    }

    /** What was done: the dead letters that have a new version. */
    record Patched(List<Long> edited, int unchanged) {
        Patched {
            edited = List.copyOf(edited);
        }
    }

    /** Says what a patch would do to the open dead letters that a filter leaves. */
    Preview preview(DeadLetterFilter filter, JsonNode patch) {
        return database.inTransaction(handle -> {
            Sums sums = new Sums();
            EventPatch eventPatch = new EventPatch(patch);
            for (List<Long> ids : parts(chosen(handle, filter))) {
                content(handle, ids, false).forEach(letter -> sums.add(letter, patched(letter, eventPatch)));
            }
            return sums.preview();
        });
    }

    /**
     * Patches the open dead letters that a filter leaves.
     *
     * @param asked the filter as it was asked for, JSON
     * @throws ProblemException if the patch does not fit all of them; then nothing is changed
     */
    Patched patch(DeadLetterFilter filter, JsonNode patch, String asked, String who, String why) {
        Instant now = clock.instant();
        return database.inTransaction(handle -> {
            Sums sums = new Sums();
            EventPatch eventPatch = new EventPatch(patch);
            for (List<Long> ids : parts(chosen(handle, filter))) {
                PreparedBatch versions = handle.prepareBatch(ADD);
                for (Letter letter : content(handle, ids, true)) {
                    Result result = patched(letter, eventPatch);
                    sums.add(letter, result);
                    if (result instanceof Result.Changed changed) {
                        versions.bind("letter", letter.id())
                                .bind("value", changed.value())
                                .bind("who", who)
                                .bind("why", why)
                                .bind("now", now.atOffset(ZoneOffset.UTC))
                                .add();
                    }
                }
                if (versions.size() > 0) {
                    versions.execute();
                }
            }
            sums.refuse();
            Audit.note(
                    handle,
                    new Audit.Entry(now, who, "patch", why, asked, sums.edited.size(), null, null, patch.toString()));
            return new Patched(sums.edited, sums.unchanged);
        });
    }

    private static List<Long> chosen(Handle handle, DeadLetterFilter filter) {
        HistoryPlans.use(handle);
        Condition where = filter.condition();
        List<Long> ids = where.bindTo(handle.createQuery(CHOSEN))
                .bind("most", MOST + 1)
                .mapTo(Long.class)
                .list();
        if (ids.size() > MOST) {
            throw Parameters.invalid(
                    "more than %,d dead letters are meant, which no patch takes at once: narrow it down"
                            .formatted(MOST));
        }
        return ids;
    }

    private static List<List<Long>> parts(List<Long> ids) {
        List<List<Long>> parts = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            parts.add(ids.subList(from, Math.min(from + AT_ONCE, ids.size())));
        }
        return parts;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Letter(
            long id, String topic, String stage, @Nullable UUID task, byte @Nullable [] value) {}

    private static List<Letter> content(Handle handle, List<Long> ids, boolean lock) {
        return handle.createQuery(CONTENT)
                .define("lock", lock ? "for update of dead_letter" : "")
                .bindArray("ids", Long.class, ids)
                .map((row, _) -> new Letter(
                        row.getLong("id"),
                        row.getString("topic"),
                        row.getString("stage"),
                        row.getObject("task_id", UUID.class),
                        row.getBytes("value")))
                .list();
    }

    private sealed interface Result {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Changed(String before, String after, byte[] value) implements Result {}

        record Same() implements Result {}

        record Refused(String why) implements Result {}
    }

    private Result patched(Letter letter, EventPatch patch) {
        Stage stage = Stage.ofCode(letter.stage()).orElse(null);
        EventJson.Shown shown = letter.value() == null || stage == null
                ? null
                : events.read(letter.topic(), letter.value()).orElse(null);
        if (stage == null || shown == null || letter.task() == null) {
            return new Result.Refused("its bytes are no event of a stage");
        }
        try {
            JsonNode before = JSON.readTree(shown.json());
            JsonNode after = patch.applyTo(before, events.schema(stage));
            if (after.equals(before)) {
                return new Result.Same();
            }
            if (!after.at("/context/taskId").asString("").equals(letter.task().toString())) {
                return new Result.Refused("context.taskId is not the dead letter's: it keeps its task");
            }
            return new Result.Changed(shown.json(), after.toString(), events.write(stage, after.toString()));
        } catch (IllegalArgumentException noEvent) {
            return new Result.Refused(String.valueOf(noEvent.getMessage()));
        }
    }

    /** Counts what a patch does. For one thread. */
    private static final class Sums {

        private final List<Long> edited = new ArrayList<>();
        private final List<Example> examples = new ArrayList<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private int unchanged;
        private int refused;

        void add(Letter letter, Result result) {
            switch (result) {
                case Result.Changed changed -> {
                    edited.add(letter.id());
                    if (examples.size() < EXAMPLES) {
                        examples.add(new Example(letter.id(), letter.stage(), changed.before(), changed.after()));
                    }
                }
                case Result.Same _ -> unchanged++;
                case Result.Refused why -> {
                    refused++;
                    if (refusals.size() < REFUSALS) {
                        refusals.add(new Refusal(letter.id(), why.why()));
                    }
                }
            }
        }

        Preview preview() {
            return new Preview(edited.size(), unchanged, refused, examples, refusals);
        }

        void refuse() {
            if (refused > 0) {
                throw new ProblemException(
                        OpsProblem.PAYLOAD_REFUSED,
                        "nothing is changed, because the patch does not fit %,d of %,d dead letters: %s"
                                .formatted(
                                        refused,
                                        refused + edited.size() + unchanged,
                                        refusals.stream()
                                                .map(each -> "%d: %s".formatted(each.id(), each.why()))
                                                .collect(Collectors.joining("; "))));
            }
        }
    }
}
