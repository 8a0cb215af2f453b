package io.pawline.ops.alerts;

import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in the database which alerts fire, since when, and which have fired before, so that all processes agree and a
 * restart changes nothing. In the same transaction it notes who is to be notified; so each change is notified once,
 * however many processes measure it. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
public final class AlertJournal {

    /** An alert that fires again so soon has not ended: a figure close to its threshold sends one notification. */
    static final Duration QUIET = Duration.ofMinutes(1);

    private final TaskDatabase database;
    private final Map<String, Severity> receivers;

    /** @param receivers who is notified, by name, and from which severity on */
    public AlertJournal(TaskDatabase database, Map<String, Severity> receivers) {
        this.database = database;
        this.receivers = Map.copyOf(receivers);
    }

    /** The state of an alert at one moment. */
    public enum State {
        FIRES,
        OK,
        /** It could not be measured, or not for long enough: the alert stays as it was. */
        UNKNOWN
    }

    /**
     * An alert as it was measured.
     *
     * @param threshold it fires above this; null: nothing is set, so it never fires
     */
    public record Measured(
            Alert alert,
            State state,
            double value,
            @Nullable Double threshold,
            String unit,
            AlertText detail) {

        /** Describes an alert whose detail has no other language. */
        public Measured(
                Alert alert, State state, double value, @Nullable Double threshold, String unit, String detail) {
            this(alert, state, value, threshold, unit, AlertText.same(detail));
        }
    }

    private record Firing(Instant since, @Nullable Instant okSince, long history) {}

    /**
     * Notes what was measured.
     *
     * @return since when each alert fires that does
     */
    public Map<Alert, Instant> note(Instant now, Collection<Measured> measured) {
        return database.inTransaction(handle -> {
            // Otherwise two processes could both find that an alert begins or ends
            handle.execute("select pg_advisory_xact_lock(hashtext('pawline.ops.alerts'))");
            Map<String, Firing> known = known(handle);
            Map<Alert, Instant> firing = new EnumMap<>(Alert.class);
            for (Measured one : measured) {
                Firing before = known.get(one.alert().code());
                switch (one.state()) {
                    case FIRES -> firing.put(one.alert(), fires(handle, now, one, before));
                    case OK -> isOk(handle, now, one.alert(), before);
                    case UNKNOWN -> {
                        if (before != null && before.okSince() == null) {
                            firing.put(one.alert(), before.since());
                        }
                    }
                }
            }
            return firing;
        });
    }

    private Instant fires(Handle handle, Instant now, Measured measured, @Nullable Firing before) {
        if (before != null && before.okSince() == null) {
            return before.since();
        }
        if (before != null
                && before.okSince() != null
                && before.okSince().plus(QUIET).isAfter(now)) {
            handle.createUpdate("update alert set ok_since = null where name = :name")
                    .bind("name", measured.alert().code())
                    .execute();
            return before.since();
        }
        end(handle, now, measured.alert(), before);
        // Such as one whose row a process of an older version has deleted
        handle.createUpdate("update alert_history set ended_at = :now where name = :name and ended_at is null")
                .bind("name", measured.alert().code())
                .bind("now", timestamp(now))
                .execute();
        long history = handle.createQuery("""
                        insert into alert_history (name, fired_at, value, threshold, unit, detail, detail_zh)
                        values (:name, :now, :value, :threshold, :unit, :detail, :detail_zh) returning id
                        """)
                .bind("name", measured.alert().code())
                .bind("now", timestamp(now))
                .bind("value", measured.value())
                .bind("threshold", measured.threshold())
                .bind("unit", measured.unit())
                .bind("detail", measured.detail().en())
                .bind("detail_zh", measured.detail().zh())
                .mapTo(Long.class)
                .one();
        handle.createUpdate("""
                        insert into alert (name, since, history_id) values (:name, :now, :history)
                        on conflict (name) do update set since = :now, history_id = :history, ok_since = null
                        """)
                .bind("name", measured.alert().code())
                .bind("now", timestamp(now))
                .bind("history", history)
                .execute();
        notifyAll(handle, now, measured.alert(), history, "fired");
        return now;
    }

    private void isOk(Handle handle, Instant now, Alert alert, @Nullable Firing before) {
        if (before == null) {
            return;
        }
        if (before.okSince() == null) {
            handle.createUpdate("update alert set ok_since = :now where name = :name")
                    .bind("name", alert.code())
                    .bind("now", timestamp(now))
                    .execute();
        } else if (!before.okSince().plus(QUIET).isAfter(now)) {
            end(handle, now, alert, before);
        }
    }

    private void end(Handle handle, Instant now, Alert alert, @Nullable Firing before) {
        if (before == null) {
            return;
        }
        handle.createUpdate("delete from alert where name = :name")
                .bind("name", alert.code())
                .execute();
        handle.createUpdate("update alert_history set ended_at = :ended where id = :id")
                .bind("ended", timestamp(before.okSince() == null ? now : before.okSince()))
                .bind("id", before.history())
                .execute();
        notifyAll(handle, now, alert, before.history(), "ended");
    }

    private void notifyAll(Handle handle, Instant now, Alert alert, long history, String event) {
        receivers.forEach((name, from) -> {
            if (alert.severity().compareTo(from) >= 0) {
                handle.createUpdate("""
                                insert into alert_notification (alert_id, event, receiver, created_at, due_at)
                                values (:alert, :event, :receiver, :now, :now)
                                """)
                        .bind("alert", history)
                        .bind("event", event)
                        .bind("receiver", name)
                        .bind("now", timestamp(now))
                        .execute();
            }
        });
    }

    private static Map<String, Firing> known(Handle handle) {
        Map<String, Firing> known = new HashMap<>();
        handle.createQuery("select * from alert where history_id is not null")
                .map((row, _) -> Map.entry(row.getString("name"), firing(row)))
                .forEach(entry -> known.put(entry.getKey(), entry.getValue()));
        return known;
    }

    private static Firing firing(ResultSet row) throws SQLException {
        return new Firing(instant(row, "since"), optional(row, "ok_since"), row.getLong("history_id"));
    }

    /**
     * An alert that fired.
     *
     * @param endedAt null: it still fires
     * @param notifications what became of them
     */
    public record Past(
            String name,
            Instant firedAt,
            @Nullable Instant endedAt,
            double value,
            @Nullable Double threshold,
            String unit,
            AlertText detail,
            List<Notified> notifications) {}

    /**
     * A notification and what became of it.
     *
     * @param event {@code fired} or {@code ended}
     * @param state {@code waiting}, {@code sent} or {@code given_up}
     * @param sentAt null: it is not sent
     * @param trouble why the last attempt failed; null: none did
     */
    public record Notified(
            String receiver,
            String event,
            String state,
            int attempts,
            @Nullable Instant sentAt,
            @Nullable String trouble) {}

    /** Finds the alerts that fired last, newest first. */
    public List<Past> newest(int limit) {
        return database.with(handle -> {
            Map<Long, List<Notified>> notified = new HashMap<>();
            handle.createQuery("""
                            select n.* from alert_notification n
                                join (select id from alert_history order by fired_at desc, id desc limit :limit) newest
                                    on newest.id = alert_id
                            order by n.id
                            """)
                    .bind("limit", limit)
                    .map((row, _) -> Map.entry(row.getLong("alert_id"), notified(row)))
                    .forEach(entry -> notified.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                            .add(entry.getValue()));
            return handle.createQuery("select * from alert_history order by fired_at desc, id desc limit :limit")
                    .bind("limit", limit)
                    .map((row, _) -> past(row, notified.getOrDefault(row.getLong("id"), List.of())))
                    .list();
        });
    }

    private static Past past(ResultSet row, List<Notified> notifications) throws SQLException {
        return new Past(
                row.getString("name"),
                instant(row, "fired_at"),
                optional(row, "ended_at"),
                row.getDouble("value"),
                row.getObject("threshold", Double.class),
                row.getString("unit"),
                detail(row),
                List.copyOf(notifications));
    }

    /** Reads the detail of an alert that fired; one of an older version is in English only. */
    static AlertText detail(ResultSet row) throws SQLException {
        String english = row.getString("detail");
        String chinese = row.getString("detail_zh");
        return new AlertText(english, chinese == null ? english : chinese);
    }

    private static Notified notified(ResultSet row) throws SQLException {
        return new Notified(
                row.getString("receiver"),
                row.getString("event"),
                row.getString("state"),
                row.getInt("attempts"),
                optional(row, "sent_at"),
                row.getString("trouble"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant optional(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime timestamp(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
