package io.pawline.ops.budget;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.BudgetStore;
import io.pawline.taskstore.BudgetStore.Life;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what dead processes had leased and did not spend. A process that has not asked for so long that none of its
 * leases holds any more is closed. What it spent is what the ledger holds of its calls, as soon as the ledger has read all
 * that was written until then. Until that moment all that it had leased counts as spent. For one thread.
 *
 * <p>Several processes may do so at once: each counts time by itself, and a life that asks again is not closed.
 */
final class BudgetSettlement {

    private static final Logger log = LoggerFactory.getLogger(BudgetSettlement.class);

    /** Leases hold for a minute after an ask, by the clock of whoever asked. */
    static final Duration SILENT = Duration.ofMinutes(3);

    /** A call without an end was under way when its process died, so it may have been paid. */
    private static final String SPENT = """
            select tenant, budget_day, task_id,
                sum(case when ended_at is null then reserved_micros else coalesce(cost_micros, reserved_micros) end) as spent
            from call_attempt where life = :life group by tenant, budget_day, task_id
            """;

    /** Knows how far the topic of calls is written, and how far the ledger has read it. */
    interface Position {

        /** Returns where each partition ends now. */
        Map<TopicPartition, Long> ends();

        /** Says whether the ledger has read everything before these offsets. */
        boolean hasRead(Map<TopicPartition, Long> ends);
    }

    private record Seen(long number, long atNanos) {}

    /** Holds what the calls for a task cost on the money of a day. */
    private record Row(String tenant, @Nullable LocalDate day, UUID task, long micros) {}

    private final BudgetStore store;
    private final TaskDatabase database;
    private final Position position;
    private final LongSupplier nanoTime;
    private final Map<String, Seen> seen = new HashMap<>();
    private final Map<String, Map<TopicPartition, Long>> awaited = new HashMap<>();

    /** @param nanoTime like {@link System#nanoTime} */
    BudgetSettlement(BudgetStore store, TaskDatabase database, Position position, LongSupplier nanoTime) {
        this.store = store;
        this.database = database;
        this.position = position;
        this.nanoTime = nanoTime;
    }

    /** Looks at all lives. */
    void round() {
        List<Life> lives = store.unsettled();
        Set<String> names = lives.stream().map(Life::life).collect(Collectors.toCollection(HashSet::new));
        seen.keySet().retainAll(names);
        awaited.keySet().retainAll(names);
        for (Life life : lives) {
            if (life.closed() || closes(life)) {
                settle(life.life());
            }
        }
    }

    private boolean closes(Life life) {
        long now = nanoTime.getAsLong();
        Seen before = seen.get(life.life());
        if (before == null || before.number() != life.number()) {
            seen.put(life.life(), new Seen(life.number(), now));
            return false;
        }
        return now - before.atNanos() >= SILENT.toNanos() && store.close(life.life(), life.number());
    }

    /** The ends are those of a moment at which the life was closed, so they lie behind every call of it. */
    private void settle(String life) {
        Map<TopicPartition, Long> ends = awaited.get(life);
        if (ends == null) {
            awaited.put(life, position.ends());
        } else if (position.hasRead(ends)) {
            Map<String, Long> spent = spent(life);
            store.settle(life, spent);
            awaited.remove(life);
            log.info("process {} is gone, and what it had leased and did not spend is given back", life);
        }
    }

    private Map<String, Long> spent(String life) {
        Map<String, Long> spent = new HashMap<>();
        for (Row row : rows(life)) {
            if (row.day() != null) {
                spent.merge(BudgetStore.ofDay(row.day(), row.tenant()), row.micros(), Long::sum);
            }
            spent.merge(BudgetStore.ofTask(new TaskId(row.task())), row.micros(), Long::sum);
        }
        return spent;
    }

    private List<Row> rows(String life) {
        return database.reports()
                .with(handle -> handle.createQuery(SPENT)
                        .bind("life", life)
                        .map((row, _) -> new Row(
                                row.getString("tenant"),
                                row.getObject("budget_day", LocalDate.class),
                                row.getObject("task_id", UUID.class),
                                row.getLong("spent")))
                        .list());
    }
}
