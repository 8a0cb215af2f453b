package io.pawline.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.schemas.TaskId;
import io.pawline.schemas.budget.BudgetAnswer;
import io.pawline.schemas.budget.BudgetAsk;
import io.pawline.stage.BudgetPolicy;
import io.pawline.stage.budget.BudgetLeases;
import io.pawline.stage.budget.Money;
import io.pawline.stage.budget.Reservation;
import io.pawline.taskstore.BudgetRules;
import io.pawline.taskstore.BudgetRules.Decision;
import io.pawline.taskstore.BudgetRules.Lease;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Is a world in which processes spend the money of tenants, in virtual time. Messages get lost, come late, come twice and
 * overtake each other. Processes are killed at any step of a call, and stand still for minutes.
 */
final class BudgetWorld {

    static final long PRICE = 30_000;
    static final String TENANT = "acme";
    private static final List<TaskId> TASKS =
            Stream.generate(TaskId::next).limit(8).toList();

    /** As ops-service has it. */
    private static final long SILENT = TimeUnit.MINUTES.toNanos(3);

    private static final long LOOKS = TimeUnit.SECONDS.toNanos(10);

    private final Random random;
    private final long perDay;
    private final long perTask;
    private final int inFlight;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Spender> processes = new ArrayList<>();
    private final Map<String, Purses> accounts = new HashMap<>();
    private final Map<String, LifeState> lives = new HashMap<>();
    private final List<Recorded> ledger = new ArrayList<>();
    private final Map<String, Long> paid = new HashMap<>();
    private final List<String> overdrawn = new ArrayList<>();
    private LocalDate today = LocalDate.of(2026, 11, 29);
    private boolean calm;
    private long now;
    private long order;
    private int started;
    private int most;
    private int busy;

    private record Event(long at, long order, Runnable work) {}

    /** The leases of one account, by life and lease. */
    private static final class Purses {
        private final Map<String, Lease> leases = new HashMap<>();

        long granted() {
            return leases.values().stream().mapToLong(Lease::granted).sum();
        }

        long spent() {
            return leases.values().stream().mapToLong(Lease::spent).sum();
        }
    }

    private static final class LifeState {
        private long number;
        private long seenNumber;
        private long seenAt;
        private boolean closed;
        private boolean settled;
        /** How long the ledger was when the life was found closed; -1: not yet. */
        private int ledgerAt = -1;
    }

    /** One call in the ledger. */
    private static final class Recorded {
        private final Reservation money;
        private final TaskId task;
        private long cost = PRICE;

        Recorded(Reservation money, TaskId task) {
            this.money = money;
            this.task = task;
        }
    }

    BudgetWorld(long seed, long perDay, long perTask, int inFlight) {
        this.random = new Random(seed);
        this.perDay = perDay;
        this.perTask = perTask;
        this.inFlight = inFlight;
        every(LOOKS, this::look);
    }

    /** Starts a process that always has so many calls in flight as it may. */
    Spender start() {
        Spender process = new Spender("p" + started++);
        processes.add(process);
        return process;
    }

    List<Spender> processes() {
        return processes;
    }

    /** From now on nothing is lost and nobody dies. */
    void calm() {
        calm = true;
    }

    void nextDay() {
        today = today.plusDays(1);
    }

    /** Lets time pass. */
    void run(Duration time) {
        long until = now + time.toNanos();
        while (!events.isEmpty() && events.peek().at() <= until) {
            Event next = events.remove();
            now = Math.max(now, next.at());
            next.work().run();
        }
        now = until;
    }

    /** Says whose money was overdrawn, and by how much. */
    List<String> overdrawn() {
        return overdrawn;
    }

    /** Returns what the calls on the money of this day cost. */
    long paidToday() {
        return paid.getOrDefault("day:" + today, 0L);
    }

    /** Returns what counts as spent today and was not paid: calls of dead processes of which nobody knows the end. */
    long inDoubtToday() {
        Purses of = accounts.get("day:" + today);
        return of == null ? 0 : of.granted() - paidToday();
    }

    /** Returns the most calls that were in flight at once. */
    int mostInFlight() {
        return most;
    }

    private void after(long nanos, Runnable work) {
        events.add(new Event(now + nanos, order++, work));
    }

    private void every(long nanos, Runnable work) {
        after(nanos, () -> {
            work.run();
            every(nanos, work);
        });
    }

    private long between(long leastMillis, long mostMillis) {
        return TimeUnit.MILLISECONDS.toNanos(leastMillis + random.nextLong(mostMillis - leastMillis + 1));
    }

    /** Carries a message: not at all, late, or twice. */
    private void carry(Runnable message) {
        if (!calm && random.nextInt(10) == 0) {
            return;
        }
        after(calm ? between(5, 20) : between(1, random.nextInt(20) == 0 ? 30_000 : 200), message);
        if (!calm && random.nextInt(10) == 0) {
            after(between(1, 60_000), message);
        }
    }

    private BudgetAnswer answer(BudgetAsk ask) {
        LifeState life = lives.computeIfAbsent(ask.life(), _ -> new LifeState());
        if (life.closed) {
            return new BudgetAnswer(ask.life(), ask.number(), true, List.of());
        }
        life.number = Math.max(life.number, ask.number());
        List<BudgetAnswer.Grant> grants = new ArrayList<>();
        for (BudgetAsk.Need need : ask.needs()) {
            boolean ofTask = need.account().task().isPresent();
            boolean over = need.day().filter(day -> day.isBefore(today)).isPresent();
            Purses purses = accounts.computeIfAbsent(name(need), _ -> new Purses());
            String key = ask.life() + "#" + need.lease();
            Lease known = purses.leases.getOrDefault(key, Lease.NONE);
            BudgetAsk.Need asked = over ? without(need) : need;
            Decision decision = BudgetRules.decide(
                    known,
                    asked,
                    purses.granted() - known.granted(),
                    purses.spent() - known.spent(),
                    ofTask ? perTask : perDay);
            purses.leases.put(key, decision.lease());
            grants.add(new BudgetAnswer.Grant(
                    need.account(),
                    ofTask ? Optional.empty() : Optional.of(need.day().orElse(today)),
                    need.lease(),
                    decision.lease().version(),
                    decision.lease().granted(),
                    decision.exhausted(),
                    over,
                    Duration.ofHours(1)));
        }
        return new BudgetAnswer(ask.life(), ask.number(), false, grants);
    }

    private static BudgetAsk.Need without(BudgetAsk.Need need) {
        return new BudgetAsk.Need(
                need.account(), need.day(), need.lease(), need.version(), need.ceiling(), need.spent(), 0, need.call());
    }

    private String name(BudgetAsk.Need need) {
        return need.account()
                .task()
                .map(BudgetWorld::nameOf)
                .orElseGet(() -> "day:" + need.day().orElse(today));
    }

    private static String nameOf(TaskId task) {
        return "task:" + task;
    }

    /** Settles what dead processes had, as ops-service does. */
    private void look() {
        for (Map.Entry<String, LifeState> each : lives.entrySet()) {
            LifeState life = each.getValue();
            if (life.settled) {
                continue;
            }
            if (life.seenNumber != life.number) {
                life.seenNumber = life.number;
                life.seenAt = now;
            } else if (now - life.seenAt >= SILENT) {
                life.closed = true;
            }
            if (life.closed && life.ledgerAt < 0) {
                life.ledgerAt = ledger.size();
            } else if (life.closed) {
                settle(each.getKey(), ledger.subList(0, life.ledgerAt));
                life.settled = true;
            }
        }
    }

    private void settle(String life, List<Recorded> read) {
        Map<String, Long> spent = new HashMap<>();
        for (Recorded call : read) {
            if (call.money.life().filter(life::equals).isPresent()) {
                call.money.day().ifPresent(day -> spent.merge("day:" + day, call.cost, Long::sum));
                spent.merge(nameOf(call.task), call.cost, Long::sum);
            }
        }
        accounts.forEach((account, purses) -> purses.leases.replaceAll((key, lease) -> {
            if (!key.startsWith(life + "#")) {
                return lease;
            }
            Lease settled = BudgetRules.settled(lease, spent.getOrDefault(account, 0L));
            spent.merge(account, -settled.spent(), Long::sum);
            return settled;
        }));
    }

    private void pay(String account, long limit) {
        long sum = paid.merge(account, PRICE, Long::sum);
        if (limit > 0 && sum > limit) {
            overdrawn.add("%s: %d of %d".formatted(account, sum, limit));
        }
    }

    /** Is a process that makes calls, as RecordedCalls does. */
    final class Spender {
        private final BudgetLeases leases;
        private boolean dead;
        private boolean resting;
        private long stoppedUntil;
        private int calls;

        Spender(String name) {
            this.leases = new BudgetLeases(
                    name,
                    new BudgetPolicy(_ -> perDay > 0, _ -> perTask > 0, true),
                    () -> UUID.nameUUIDFromBytes((name + random.nextLong()).getBytes(UTF_8))
                            .toString(),
                    () -> now);
            every(TimeUnit.MILLISECONDS.toNanos(100), this::turn);
        }

        void kill() {
            dead = true;
            busy -= calls;
        }

        /** Makes no further calls, and lives on. */
        void rest() {
            resting = true;
        }

        void work() {
            resting = false;
        }

        /** Stands still for a while, as with SIGSTOP. */
        void stop(Duration time) {
            stoppedUntil = now + time.toNanos();
        }

        /** Does a step of the process, when it is not standing still. */
        private void step(long nanos, Runnable work) {
            after(nanos, () -> {
                if (dead) {
                    return;
                }
                if (now < stoppedUntil) {
                    step(stoppedUntil - now, work);
                } else {
                    work.run();
                }
            });
        }

        private void turn() {
            if (dead || now < stoppedUntil) {
                return;
            }
            leases.due()
                    .ifPresent(ask -> carry(() -> {
                        BudgetAnswer answer = answer(ask);
                        carry(() -> step(0, () -> leases.received(answer)));
                    }));
            for (int more = inFlight - calls; more > 0 && !resting; more--) {
                if (!begin()) {
                    return;
                }
            }
        }

        private boolean begin() {
            // Tasks are repeated, by this process or by others
            TaskId task = TASKS.get(random.nextInt(TASKS.size()));
            if (!(leases.reserve(TENANT, task, PRICE) instanceof Money.Reserved(Reservation money))) {
                return perDay == 0;
            }
            calls++;
            busy++;
            most = Math.max(most, busy);
            Recorded record = new Recorded(money, task);
            // A broker may be silent for minutes, and a process may stand still before and after it has the record
            step(between(1, !calm && random.nextInt(10) == 0 ? 200_000 : 20), () -> {
                ledger.add(record);
                step(between(0, 50), () -> acknowledged(record));
            });
            return true;
        }

        private void acknowledged(Recorded record) {
            if (!record.money.covered()) {
                ended(record, 0);
                return;
            }
            // What is paid is decided now, wherever the process is by then
            boolean billed = random.nextInt(5) > 0;
            if (billed) {
                record.money.day().ifPresent(day -> pay("day:" + day, perDay));
                pay(nameOf(record.task), perTask);
            }
            step(between(10, calm ? 500 : 20_000), () -> ended(record, billed ? PRICE : 0));
        }

        private void ended(Recorded record, long cost) {
            record.cost = cost;
            record.money.settle(cost);
            calls--;
            busy--;
        }
    }

    /** Kills, stops and starts processes at random moments, for so long. */
    void disturb(int kills, Duration over) {
        for (int kill = 0; kill < kills; kill++) {
            after(random.nextLong(over.toNanos()), () -> {
                Spender victim = processes.remove(random.nextInt(processes.size()));
                victim.kill();
                start();
            });
            after(
                    random.nextLong(over.toNanos()),
                    () -> processes
                            .get(random.nextInt(processes.size()))
                            .stop(Duration.ofSeconds(random.nextInt(400))));
        }
    }
}
