package io.pawline.ops.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpsHistoryIT {

    private static final Duration LONG_AGO = Duration.ofDays(100);

    private final TaskDatabase database = TestingDatabase.open();
    private Instant now = Clock.systemUTC().instant();
    private final OpsHistory history = new OpsHistory(
            database,
            new OpsRetentionProperties(Duration.ofDays(90), Duration.ofDays(400), Duration.ofDays(400)),
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void oldDeadLettersGoWithTheirBytesAndTheirPartInReplays() {
        deadLetters(1, 1_200, now.minus(LONG_AGO), "discarded");
        deadLetters(5_001, 1, now, "open");
        replay(1, now.minus(LONG_AGO), "[]");

        history.deleteOld();

        assertThat(ids("select id from dead_letter")).containsExactly(5_001L);
        assertThat(ids("select letter_id from dead_letter_record")).containsExactly(5_001L);
        assertThat(ids("select letter_id from replay_letter")).isEmpty();
        assertThat(ids("select count(*) from replay")).containsExactly(1L);
    }

    @Test
    void whatAReplayStillNeedsStays() {
        deadLetters(1, 1, now.minus(LONG_AGO), "replaying");
        deadLetters(2, 1, now.minus(LONG_AGO), "open");
        replay(2, now, null);

        history.deleteOld();

        assertThat(ids("select id from dead_letter order by id")).containsExactly(1L, 2L);
    }

    @Test
    void monthsOfTheAuditGoAsAWholeWithTheirReplays() {
        audit(now);
        replay(0, now, "[]");
        now = now.plus(Duration.ofDays(399));
        history.makeAhead();
        audit(now);
        history.deleteOld();
        assertThat(ids("select id from audit order by id")).containsExactly(1L, 2L);

        now = now.plus(Duration.ofDays(35));
        history.makeAhead();
        history.deleteOld();

        assertThat(ids("select id from audit")).containsExactly(2L);
        assertThat(ids("select count(*) from replay")).containsExactly(0L);
    }

    @Test
    void oldAlertsGoWithTheirNotificationsAndNotWhatStillFires() {
        alert(1, now.minus(Duration.ofDays(500)), now.minus(Duration.ofDays(401)));
        alert(2, now.minus(Duration.ofDays(500)), now.minus(Duration.ofDays(399)));
        alert(3, now.minus(Duration.ofDays(500)), null);

        history.deleteOld();

        assertThat(ids("select id from alert_history order by id")).containsExactly(2L, 3L);
        assertThat(ids("select alert_id from alert_notification order by 1")).containsExactly(2L, 3L);
    }

    private void alert(long id, Instant fired, @Nullable Instant ended) {
        database.with(handle -> handle.createUpdate("""
                        with added as (
                            insert into alert_history (id, name, fired_at, ended_at, value, unit, detail)
                            overriding system value
                            values (:id, 'breaker_open', :fired, :ended, 6, 'min', 'tested') returning id)
                        insert into alert_notification (alert_id, event, receiver, created_at, due_at)
                        select id, 'fired', 'team', :fired, :fired from added
                        """)
                .bind("id", id)
                .bind("fired", fired.atOffset(ZoneOffset.UTC))
                .bind("ended", ended == null ? null : ended.atOffset(ZoneOffset.UTC))
                .execute());
    }

    @Test
    void dryRunsGoWithTheDeadLettersOfTheirTime() {
        plan("old", now.minus(LONG_AGO));
        plan("young", now);
        replay(0, now.minus(LONG_AGO), "[]");
        database.with(handle -> handle.execute("""
                insert into replay_letter (replay_id, place, task_id, state)
                select id, 1, gen_random_uuid(), 'published' from replay
                """));

        history.deleteOld();

        assertThat(ids("select count(*) from replay_letter")).containsExactly(0L);
        assertThat(ids("select count(*) from replay_plan where name = 'young'")).containsExactly(1L);
        assertThat(ids("select count(*) from replay_plan")).containsExactly(1L);
    }

    private void plan(String name, Instant at) {
        database.with(handle -> handle.createUpdate("""
                        insert into replay_plan (id, name, filter, restarts, letters, members, not_open, made_by, created_at)
                        values (gen_random_uuid(), :name, '{}', false, '{}', 0, 0, 'Ann', :at)
                        """)
                .bind("name", name)
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private void deadLetters(int first, int number, Instant at, String state) {
        database.with(handle -> handle.createUpdate("""
                        with added as (
                            insert into dead_letter (id, topic, partition, record_offset, stage, reason, detail, failed_at,
                                attempts, state)
                            overriding system value
                            select n, 'pawline.generate.dlt', 0, n, 'generate', 'no_pet', 'There is a car.', :at, 1, :state
                            from generate_series(:first, :first + :number - 1) n returning id)
                        insert into dead_letter_record (letter_id, headers) select id, '[]' from added
                        """)
                .bind("first", first)
                .bind("number", number)
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .bind("state", state)
                .execute());
    }

    /** Adds a replay that is done; it had the dead letter of this id, or none if it is 0. */
    private void replay(long deadLetter, Instant at, @Nullable String tally) {
        UUID id = UUID.randomUUID();
        database.with(handle -> handle.createUpdate("""
                        insert into replay (id, state, per_second, asked_by, why, filter, created_at, tally)
                        values (:id, 'done', 1, 'Ann', 'tested', '{}', :at, cast(:tally as jsonb))
                        """)
                .bind("id", id)
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .bind("tally", tally)
                .execute());
        if (deadLetter > 0) {
            database.with(handle -> handle.createUpdate("""
                            insert into replay_letter (replay_id, place, letter_id, state) values (:id, 1, :letter, 'published')
                            """)
                    .bind("id", id)
                    .bind("letter", deadLetter)
                    .execute());
        }
    }

    private void audit(Instant at) {
        database.with(handle -> handle.createUpdate(
                        "insert into audit (at, who, action, why, letters) values (:at, 'Ann', 'discard', 'tested', 1)")
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private List<Long> ids(String query) {
        return database.with(
                handle -> handle.createQuery(query).mapTo(Long.class).list());
    }
}
