package io.pawline.ingest.relay;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.pawline.taskstore.OpenTasks.Queue;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.Outbox.Portion;
import io.pawline.taskstore.Outbox.Relayed;
import io.pawline.taskstore.Outbox.TenantLoad;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Decides which tasks leave the outbox next. As long as the stages have less than the {@link ReleaseWindow}, all do, the
 * oldest first. Otherwise each tenant has its share of the window, and what it has in the stages counts. So the tasks of a
 * tenant that sends few never stand behind the many of another one. For one thread.
 */
public final class TaskRelease implements MeterBinder {

    /*
     * The state is in the database: what the stages have of each tenant, and what waits. So it does not matter which
     * process releases, how many there are, or when one dies. Weighted max-min shares of the window are the static form of
     * start-time fair queueing: a tenant that stays within its share passes at once, whatever others have waiting. What is
     * released together is sent in the order of start tags, position / weight, so that it mixes in the partitions.
     *
     * While the stages have room for all that waits, nobody looks at tenants: the room is counted down by what is relayed
     * and looked up again once a second.
     *
     * A tenant that has spent its money of the day is left out where its tasks wait for the next day: no stage could begin
     * them. So they stay in the outbox, and what the stages have of it already takes no part of the window.
     *
     * Rejected:
     * - A limit on the lag of pawline.detect: a slow stage behind a quick one would have all that waits in its own topic.
     * - A leader that holds the queues in memory: 100,000 tasks to read at each change of leader.
     * - Virtual times in the database: a hot row for each tenant, and nothing that shares do not do.
     */

    /** Shortest time between the beginnings of two rounds. Under load, larger rounds spare the database. */
    private static final Duration PACE = Duration.ofMillis(20);

    /** While tasks wait because the stages have enough, it is looked so often whether they have less. */
    private static final Duration PACE_OF_SHARES = Duration.ofMillis(200);

    /** The room is looked up again after so long. */
    private static final Duration ROOM_HOLDS = Duration.ofSeconds(1);

    private static final Duration BETWEEN_EXPIRIES = Duration.ofSeconds(1);

    /** Bulk tasks get this part of what a tenant releases, while it has both. As in the stages. */
    private static final double BULK_SHARE = 0.1;

    /**
     * What one round has done.
     *
     * @param more whether another round may find more at once
     * @param shared whether tasks wait because the stages have enough
     */
    public record Round(Relayed relayed, boolean more, boolean shared) {

        /** Returns the least time from the beginning of this round to that of the next, if no more may be found at once. */
        public Duration pace() {
            return shared ? PACE_OF_SHARES : PACE;
        }
    }

    /** Keeps accepted tasks until they are sent on, as {@link Outbox} does. */
    public interface AcceptedTasks {

        /** Sends on the oldest, as {@link Outbox#relay} does. */
        Relayed relay(int limit, Outbox.Receiver receiver) throws InterruptedException;

        /** Counts the tasks of each tenant, as {@link Outbox#load} does. */
        List<TenantLoad> load(int most);

        /** Sends on what is chosen, as {@link Outbox#relayChosen} does. */
        Relayed relayChosen(int limit, Outbox.Choice choice, Outbox.Receiver receiver) throws InterruptedException;

        /** Ends those whose deadline has passed, as {@link Outbox#expire} does. */
        int expire(int limit);

        /** Returns the tasks of an outbox. */
        static AcceptedTasks of(Outbox outbox) {
            return new AcceptedTasks() {
                @Override
                public Relayed relay(int limit, Outbox.Receiver receiver) throws InterruptedException {
                    return outbox.relay(limit, receiver);
                }

                @Override
                public List<TenantLoad> load(int most) {
                    return outbox.load(most);
                }

                @Override
                public Relayed relayChosen(int limit, Outbox.Choice choice, Outbox.Receiver receiver)
                        throws InterruptedException {
                    return outbox.relayChosen(limit, choice, receiver);
                }

                @Override
                public int expire(int limit) {
                    return outbox.expire(limit);
                }
            };
        }
    }

    private final AcceptedTasks tasks;
    private final Outbox.Receiver receiver;
    private final ReleaseWindow window;
    private final FairShares shares;
    private final Predicate<String> waitsForMoney;
    private final int batch;
    private final LongSupplier nanoTime;
    private final Map<String, Double> bulkCredit = new HashMap<>();
    private int room;
    private long roomUntil;
    private long expireAt;
    private boolean tasksWait;
    private volatile int windowSize;
    private volatile int tenantsWaiting;

    /**
     * @param shares how tenants share the window
     * @param waitsForMoney says whether no task of a tenant can begin before there is money again
     * @param batch most tasks of a round, 1 or more
     * @param nanoTime like {@link System#nanoTime}
     */
    public TaskRelease(
            AcceptedTasks tasks,
            Outbox.Receiver receiver,
            ReleaseWindow window,
            FairShares shares,
            Predicate<String> waitsForMoney,
            int batch,
            LongSupplier nanoTime) {
        this.tasks = tasks;
        this.receiver = receiver;
        this.window = window;
        this.shares = shares;
        this.waitsForMoney = waitsForMoney;
        this.batch = batch;
        this.nanoTime = nanoTime;
        this.roomUntil = nanoTime.getAsLong();
        this.expireAt = roomUntil;
    }

    /**
     * Releases what may be released now, a batch at most.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    public Round next() throws InterruptedException {
        long now = nanoTime.getAsLong();
        if (!tasksWait && (room <= 0 || now - roomUntil >= 0)) {
            var _ = take(tasks.load(batch));
        }
        if (!tasksWait) {
            int most = Math.min(batch, room);
            Relayed relayed = tasks.relay(most, receiver);
            room -= relayed.taken();
            return new Round(relayed, relayed.taken() == most, false);
        }
        if (now - expireAt >= 0) {
            tasks.expire(batch);
            expireAt = now + BETWEEN_EXPIRIES.toNanos();
        }
        Relayed relayed = tasks.relayChosen(batch, new Shared(), receiver);
        room = Math.max(0, room - relayed.taken());
        return new Round(relayed, relayed.taken() >= batch || !tasksWait, tasksWait);
    }

    /**
     * Takes note of the load: how much room the stages have, and whether tasks have to wait for it.
     *
     * @return the load of the tenants whose tasks can begin
     */
    private List<TenantLoad> take(List<TenantLoad> all) {
        List<TenantLoad> load =
                all.stream().filter(of -> !waitsForMoney.test(of.tenant())).toList();
        boolean someWaitForMoney = all.stream().filter(of -> of.waiting() > 0).count()
                > load.stream().filter(of -> of.waiting() > 0).count();
        windowSize = window.size(tasksWait);
        int left = windowSize - load.stream().mapToInt(TenantLoad::released).sum();
        List<TenantLoad> waiting = load.stream().filter(of -> of.waiting() > 0).toList();
        int counted = waiting.stream().mapToInt(TenantLoad::waiting).sum();
        boolean allCounted = waiting.stream().allMatch(of -> of.interactive() < batch && of.bulk() < batch);
        // If there is nobody to pass, it does not matter how many wait beyond those that were counted
        tasksWait = someWaitForMoney || left <= 0 || counted > left || (!allCounted && !isOneQueue(waiting));
        tenantsWaiting = tasksWait ? waiting.size() : 0;
        room = Math.max(left, 0);
        roomUntil = nanoTime.getAsLong() + ROOM_HOLDS.toNanos();
        return load;
    }

    /** Says whether all that wait are of one tenant and one priority. */
    private static boolean isOneQueue(List<TenantLoad> waiting) {
        return waiting.size() == 1
                && (waiting.getFirst().interactive() == 0 || waiting.getFirst().bulk() == 0);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("pawline.ingest.release.window", this, it -> it.windowSize)
                .description("Tasks that the stages should have, by what they have ended of late")
                .register(registry);
        Gauge.builder("pawline.ingest.release.tenants", this, it -> it.tenantsWaiting)
                .description("Tenants whose tasks wait in the database because the stages have enough of them")
                .register(registry);
    }

    /** Chooses by the shares of the window. */
    private final class Shared implements Outbox.Choice {

        @Override
        public List<Portion> of(List<TenantLoad> all) {
            List<TenantLoad> load = take(all);
            Map<String, Integer> needs = new HashMap<>();
            load.forEach(of -> needs.put(of.tenant(), of.released() + of.waiting()));
            Map<String, Double> shareOfWindow = shares.divide(windowSize, needs);
            Map<String, Integer> allowed = new HashMap<>();
            for (TenantLoad of : load) {
                // A tenant without a task in the stages gets one through, however small its share is
                double share = Math.max(1, shareOfWindow.getOrDefault(of.tenant(), 0.0));
                allowed.put(of.tenant(), Math.clamp((long) share - of.released(), 0, of.waiting()));
            }
            Map<String, Double> now = shares.divide(batch, allowed);
            List<Portion> portions = new ArrayList<>();
            for (TenantLoad of : load) {
                int count = (int) Math.ceil(now.getOrDefault(of.tenant(), 0.0));
                if (count > 0) {
                    split(of, count, portions);
                }
            }
            bulkCredit.keySet().retainAll(needs.keySet());
            return portions;
        }

        private void split(TenantLoad of, int count, List<Portion> portions) {
            double due = bulkCredit.getOrDefault(of.tenant(), 0.0) + count * BULK_SHARE;
            int bulk = Math.clamp(Math.max((int) due, count - of.interactive()), 0, Math.min(of.bulk(), count));
            // It is not saved up: a tenant without bulk tasks makes no burst of them later
            bulkCredit.put(of.tenant(), Math.clamp(due - bulk, 0, 1));
            add(of, Priority.INTERACTIVE, Math.min(count - bulk, of.interactive()), portions);
            add(of, Priority.BULK, bulk, portions);
        }

        private static void add(TenantLoad of, Priority priority, int count, List<Portion> portions) {
            if (count > 0) {
                portions.add(new Portion(new Queue(of.tenant(), priority), count));
            }
        }

        @Override
        public List<Task> ordered(List<Task> tasks) {
            Map<String, Integer> positions = new HashMap<>();
            record Tagged(Task task, double startTag) {}
            return tasks.stream()
                    .map(task -> {
                        String tenant = task.submission().tenant();
                        int position = positions.merge(tenant, 1, Integer::sum);
                        return new Tagged(task, position / shares.weight(tenant));
                    })
                    .sorted(Comparator.comparingDouble(Tagged::startTag))
                    .map(Tagged::task)
                    .toList();
        }
    }
}
