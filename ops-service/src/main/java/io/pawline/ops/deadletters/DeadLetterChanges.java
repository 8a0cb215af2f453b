package io.pawline.ops.deadletters;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Keeps what people do to dead letters besides replaying them. Each action is in the audit. Thread-safe. */
public final class DeadLetterChanges {

    private final TaskDatabase database;
    private final Clock clock;

    public DeadLetterChanges(TaskDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Takes the open dead letters that a filter leaves off the list, for good.
     *
     * @param asked the filter as it was asked for, JSON
     * @return how many
     */
    public int discard(DeadLetterFilter filter, String asked, String who, String why) {
        Condition where = filter.condition();
        return database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            int discarded = where.bindTo(handle.createUpdate(
                            "update dead_letter set state = 'discarded' where <where> and state = 'open'"))
                    .execute();
            Audit.note(handle, new Audit.Entry(clock.instant(), who, "discard", why, asked, discarded, null, null));
            return discarded;
        });
    }

    /**
     * Keeps a new version of an open dead letter's payload, beside all earlier ones; the newest is what is replayed.
     *
     * @return the version's number, 2 for the first; 0 if the dead letter is not open
     */
    public int edit(long deadLetter, byte[] value, String who, String why) {
        Instant now = clock.instant();
        return database.inTransaction(handle -> {
            boolean open = handle.createQuery("select state = 'open' from dead_letter where id = :id for update")
                    .bind("id", deadLetter)
                    .mapTo(Boolean.class)
                    .one();
            if (!open) {
                return 0;
            }
            int version = add(handle, deadLetter, value, who, why, now);
            Audit.note(handle, new Audit.Entry(now, who, "edit", why, null, 1, null, deadLetter));
            return version;
        });
    }

    private static int add(Handle handle, long deadLetter, byte[] value, String who, String why, Instant now) {
        return handle.createQuery("""
                        insert into dead_letter_edit (letter_id, version, record_value, made_by, why, made_at)
                        select :letter, coalesce(max(version), 1) + 1, :value, :who, :why, :now
                        from dead_letter_edit where letter_id = :letter
                        returning version
                        """)
                .bind("letter", deadLetter)
                .bind("value", value)
                .bind("who", who)
                .bind("why", why)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .one();
    }

    /** A payload that a person made from another one. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Version(int version, byte[] value, String madeBy, String why, Instant madeAt) {}

    /** Finds the versions besides the original, oldest first. */
    public List<Version> versions(long deadLetter) {
        return database.with(handle -> handle.createQuery(
                        "select * from dead_letter_edit where letter_id = :id order by version")
                .bind("id", deadLetter)
                .map((row, _) -> new Version(
                        row.getInt("version"),
                        row.getBytes("record_value"),
                        row.getString("made_by"),
                        row.getString("why"),
                        row.getObject("made_at", OffsetDateTime.class).toInstant()))
                .list());
    }
}
