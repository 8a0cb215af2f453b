package io.pawline.ops.alerts;

import io.pawline.ops.alerts.NotificationProperties.Receiver;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the notifications that {@link AlertJournal} has noted. Each is sent by one process, and again if its receiver has
 * not taken it, with doubled pauses, until it is given up. A process that is killed between the answer and its note sends
 * one twice, with the same id. Thread-safe.
 */
final class Notifier {

    private static final Logger log = LoggerFactory.getLogger(Notifier.class);

    private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(5));
    private static final DataLimit ANSWER = new DataLimit(64 * 1024);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final int DOUBLINGS = 7;

    /** A newer version may have noted others; it sends them. */
    private static final List<String> KNOWN =
            Arrays.stream(Alert.values()).map(Alert::code).toList();

    /** That an alert has ended is sent only after that it fired. */
    private static final String NEXT = """
            select n.*, h.name, h.fired_at, h.ended_at, h.value, h.threshold, h.unit, h.detail, h.detail_zh
            from alert_notification n join alert_history h on h.id = n.alert_id
            where n.state = 'waiting' and n.due_at <= :now and h.name = any(:known)
                and not exists (select from alert_notification earlier
                    where earlier.alert_id = n.alert_id and earlier.receiver = n.receiver and earlier.id < n.id
                        and earlier.state = 'waiting')
            order by n.due_at, n.id limit 1 for update of n skip locked
            """;

    private final TaskDatabase database;
    private final NotificationProperties properties;
    private final OutboundHttp http;
    private final Clock clock;

    Notifier(TaskDatabase database, NotificationProperties properties, OutboundProperties outbound, Clock clock) {
        this.database = database;
        this.properties = properties;
        // A webhook of a chat is public: a mistaken address is not to reach into the cluster
        this.http = OutboundHttp.guarded(outbound);
        this.clock = clock;
    }

    private record Due(Notification notification, String receiver, int attempts, Instant created) {}

    /**
     * Sends what is due.
     *
     * @return how many were tried
     */
    int sendAll() {
        int tried = 0;
        while (sendNext()) {
            tried++;
        }
        return tried;
    }

    private boolean sendNext() {
        return database.inTransaction(handle -> {
            Instant now = clock.instant();
            Optional<Due> due = handle.createQuery(NEXT)
                    .bind("now", timestamp(now))
                    .bindArray("known", String.class, KNOWN)
                    .map((row, _) -> due(row))
                    .findOne();
            due.ifPresent(one -> note(handle, one, now, send(one, now)));
            return due.isPresent();
        });
    }

    /** Returns why it is not sent; empty if it is. */
    private Optional<String> send(Due due, Instant now) {
        Receiver receiver = properties.known().get(due.receiver());
        if (receiver == null) {
            return Optional.of("there is no such receiver any more");
        }
        try {
            Exchange exchange =
                    http.exchange(NotificationRequests.of(receiver, due.notification(), now), TIMEOUTS, ANSWER);
            return switch (exchange) {
                case Exchange.Answered answered ->
                    NotificationRequests.refusal(receiver, answered.status(), answered.body());
                case Exchange.Died died -> Optional.of(died.detail());
            };
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.of("ops-service stopped");
        }
    }

    private void note(Handle handle, Due due, Instant now, Optional<String> trouble) {
        boolean known = properties.known().containsKey(due.receiver());
        boolean giveUp = trouble.isPresent()
                && (!known || due.created().plus(properties.giveUpAfter()).isBefore(now));
        if (trouble.isPresent()) {
            log.warn(
                    "the receiver {} has not taken the notification of {}{}: {}",
                    due.receiver(),
                    due.notification().alert().code(),
                    giveUp ? ", and it is given up" : "",
                    trouble.get());
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(due.attempts(), DOUBLINGS));
        handle.createUpdate("""
                        update alert_notification set state = :state, attempts = attempts + 1, due_at = :due,
                            sent_at = :sent, trouble = :trouble
                        where id = :id
                        """)
                .bind("state", trouble.isEmpty() ? "sent" : giveUp ? "given_up" : "waiting")
                .bind("due", timestamp(now.plus(pause)))
                .bind("sent", trouble.isEmpty() ? timestamp(now) : null)
                .bind("trouble", trouble.orElse(null))
                .bind("id", due.notification().id())
                .execute();
    }

    private Due due(ResultSet row) throws SQLException {
        return new Due(
                new Notification(
                        row.getLong("id"),
                        Alert.valueOf(row.getString("name").toUpperCase(Locale.ROOT)),
                        row.getString("event").equals("ended"),
                        row.getObject("fired_at", OffsetDateTime.class).toInstant(),
                        optional(row, "ended_at"),
                        row.getDouble("value"),
                        row.getObject("threshold", Double.class),
                        row.getString("unit"),
                        AlertJournal.detail(row),
                        Optional.ofNullable(properties.console()).map(Object::toString)),
                row.getString("receiver"),
                row.getInt("attempts"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static @Nullable Instant optional(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static OffsetDateTime timestamp(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
