package io.pawline.stage.provider;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Knows what each process of a fleet may still have, and divides the limit. Every process keeps one from the messages of
 * all, so each can be the controller at once. Only that of the controller decides. Not thread-safe: guarded by its
 * {@link FleetNode}.
 */
final class ShareBook {

    /*
     * The sum of what processes may have never exceeds the limit, but where the limit itself has just fallen. A process
     * counts with the most of three things:
     * - the leases that it was given since the one that it says it has: it may come to have each of them;
     * - that lease itself, as far as it has not faded (Lease);
     * - its calls in flight, as of its newest report: a lease that was cut ends no call.
     * So a cut counts when its holder reports that it has applied it, or when the lease before it has faded. Only then
     * is there something for others. Nobody waits for a process that is gone, and none is trusted to be gone. Where all
     * together may have more than the limit, a process gets no more than it says it has.
     *
     * Kafka's partition gives all messages to all processes in one order. So the controller's term ends for everybody at
     * the same message: the first one of the next term. Whatever the old controller sends later is void, and whatever it
     * gave before is in the book of the new one.
     *
     * A process that was started again takes the place of its predecessor, which its group has fenced. The two count
     * as one process, with the most of what either may have. Calls of the predecessor may still be at the provider, so
     * they count besides, for about two latencies.
     */

    /** Is what is known of one life of a process. */
    private static final class Life {
        private static final Lease NOTHING = new Lease(GrantKey.NONE, 0, 0, 0);

        private final FleetMember member;
        private final List<Lease> leases = new ArrayList<>();
        private FleetReport report;
        private long heardAt;
        private long answered;

        Life(FleetReport report) {
            this.member = report.from();
            this.report = report;
        }

        void reported(FleetReport newer, long now) {
            report = newer;
            heardAt = now;
            leases.removeIf(lease -> lease.key().compareTo(newer.applied()) < 0);
            if (newer.leaving()) {
                leases.clear();
            }
        }

        void gave(Lease lease) {
            leases.add(lease);
        }

        double slotsAt(long now) {
            double most = report.busy() * Lease.left(now - heardAt);
            for (Lease lease : leases) {
                most = Math.max(most, lease.slotsAt(now));
            }
            return most;
        }

        double rateAt(long now) {
            double most = 0;
            for (Lease lease : leases) {
                most = Math.max(most, lease.rateAt(now));
            }
            return most;
        }

        /** Returns the lease that it has said it has. */
        Lease held() {
            for (Lease lease : leases) {
                if (lease.key().equals(report.applied())) {
                    return lease;
                }
            }
            return NOTHING;
        }

        boolean isLive(long now) {
            return !report.leaving() && now - heardAt < Lease.WHOLE.toNanos();
        }

        boolean isForgotten(long now) {
            return now - heardAt >= Lease.GONE.toNanos() && slotsAt(now) <= 0 && rateAt(now) <= 0;
        }
    }

    /** Is the place of one process, whose name stays the same however often it is started. */
    private static final class Seat {
        private final Map<String, Life> lives = new TreeMap<>();
        private Life current;
        private int orphans;
        private long orphansUntil;

        Seat(Life first) {
            this.current = first;
            lives.put(first.member.life(), first);
        }

        /** Returns what the process may have. Of its lives, one at most is not over, but nobody knows which. */
        double slotsAt(long now) {
            double most = 0;
            for (Life life : lives.values()) {
                most = Math.max(most, life.slotsAt(now));
            }
            return most;
        }

        double rateAt(long now) {
            double most = 0;
            for (Life life : lives.values()) {
                most = Math.max(most, life.rateAt(now));
            }
            return most;
        }

        /** Counts the calls that the life before left behind at the provider. */
        int orphansAt(long now) {
            return orphansUntil - now > 0 ? orphans : 0;
        }

        int busy(long now) {
            return current.isLive(now) ? current.report.busy() : 0;
        }
    }

    /** A provider is trusted to handle so many calls in flight before anything is known of it. */
    private static final int FIRST_LIMIT = 16;

    /** Where there are fewer slots than processes that want one, each has its turn after so long. */
    private static final long TURN = 5_000_000_000L;

    private final FleetPolicy policy;
    private final Map<String, Seat> seats = new TreeMap<>();
    private final AccountRate account;
    private AdaptiveLimit limit;
    private GrantKey cut = GrantKey.NONE;

    ShareBook(FleetPolicy policy) {
        this.policy = policy;
        this.account = new AccountRate(policy);
        this.limit = limit(LimitState.UNKNOWN);
    }

    private AdaptiveLimit limit(LimitState learned) {
        int max = policy.capacity() > 0 ? policy.capacity() : Integer.MAX_VALUE;
        return new AdaptiveLimit(new LimitBounds(1, Math.min(FIRST_LIMIT, max), max), learned);
    }

    /** Begins to decide, with what the controller before had learned. */
    void takeOver(LimitState learned, long now) {
        limit = limit(learned);
        account.takeOver(learned.rate(), now);
        cut = GrantKey.NONE;
        seats.values().forEach(seat -> seat.current.answered = 0);
    }

    /** Returns what has been learned of the provider. */
    LimitState learned() {
        return (policy.adaptive() ? limit.learned() : LimitState.UNKNOWN).withRate(account.learned());
    }

    /** Takes note of a report, and says whether it is a new one. */
    boolean reported(FleetReport report, long now) {
        Seat seat = seats.get(report.from().instance());
        if (seat == null) {
            seat = new Seat(new Life(report));
            seats.put(report.from().instance(), seat);
        } else {
            Life known = seat.lives.get(report.from().life());
            if (known != null && report.number() <= known.report.number()) {
                return false;
            }
            if (!report.from().equals(seat.current.member)) {
                seat.orphans = seat.busy(now);
                seat.orphansUntil = now + orphansLast();
                seat.current = seat.lives.computeIfAbsent(report.from().life(), _ -> new Life(report));
            }
        }
        seat.current.reported(report, now);
        return true;
    }

    private long orphansLast() {
        double latencies = 2 * Math.exp(learned().baselineLog());
        long longest = Lease.WHOLE.toNanos();
        return latencies > 0 ? Math.min((long) latencies, longest) : longest;
    }

    /** Counts the calls of a new report. */
    void count(FleetReport report, long now) {
        report.calls().forEach(call -> account.count(call, now - call.ago()));
    }

    /**
     * Lets limit and rate learn from a new report.
     *
     * @param next key of the message that the controller would send now
     */
    void learn(FleetReport report, GrantKey next, long now) {
        int busy = busy(now);
        report.calls().forEach(call -> account.learn(call, next, busy, now));
        if (policy.adaptive()) {
            learnLimit(report, next, now);
        }
    }

    private int busy(long now) {
        return seats.values().stream().mapToInt(seat -> seat.busy(now)).sum();
    }

    private void learnLimit(FleetReport report, GrantKey next, long now) {
        int before = limit.limit();
        int others = seats.values().stream()
                .filter(seat -> !seat.current.member.equals(report.from()))
                .mapToInt(seat -> seat.busy(now))
                .sum();
        if (report.resumed()) {
            // Those that it has begun since are among its calls
            limit.startAgain(others + Math.max(0, report.busy() - FleetShare.BEGIN_LOW), now);
        }
        for (FleetReport.Call call : report.calls()) {
            if (limit.limit() < before) {
                cut = next;
            }
            before = limit.limit();
            long end = now - call.ago();
            EndedCall ended =
                    new EndedCall(end - call.latency(), end, call.inFlight() + others, result(call), call.work());
            // A call that began under a lease from before the cut says nothing of the time after it
            if (call.startedUnder().compareTo(cut) >= 0) {
                limit.ended(ended);
            } else {
                limit.endedUnderAnEarlierLimit(ended);
            }
        }
        if (limit.limit() < before) {
            cut = next;
        }
    }

    private static EndedCall.Result result(FleetReport.Call call) {
        return switch (call.result()) {
            case SUCCEEDED -> EndedCall.Result.SUCCEEDED;
            case REFUSED -> EndedCall.Result.REFUSED;
            case TIMED_OUT -> EndedCall.Result.TIMED_OUT;
            // What the account may do in a minute says nothing of places
            case OVER_RATE, FAILED -> EndedCall.Result.FAILED;
        };
    }

    /** Takes note of leases that another process gave. */
    void given(FleetGrants grants, long now) {
        for (FleetGrants.Grant grant : grants.leases()) {
            Seat seat = seats.get(grant.to().instance());
            Life life = seat == null ? null : seat.lives.get(grant.to().life());
            if (life != null && !life.report.leaving()) {
                life.gave(new Lease(grants.key(), grant.slots(), grant.rate(), now));
            }
        }
    }

    /** Returns the calls that the fleet may have in flight now. */
    int limitNow(long now) {
        long most = seats.values().stream()
                .filter(seat -> seat.current.isLive(now))
                .mapToLong(seat -> seat.current.report.most())
                .sum();
        int bound = Math.clamp(most, 1, policy.capacity() > 0 ? policy.capacity() : Integer.MAX_VALUE);
        return policy.adaptive() ? Math.min(bound, limit.limit()) : bound;
    }

    /** Returns what all processes together may have now. */
    double givenAt(long now) {
        return seats.values().stream()
                .mapToDouble(seat -> seat.slotsAt(now) + seat.orphansAt(now))
                .sum();
    }

    private double rateGivenAt(long now) {
        return seats.values().stream().mapToDouble(seat -> seat.rateAt(now)).sum();
    }

    /** Returns the calls that the fleet may begin in a second now; 0: it has no rate. */
    double rateNow(long now) {
        return account.at(now, busy(now));
    }

    /**
     * Gives a lease to each process that has asked for one since it got the last. They count from now on.
     *
     * @param fleetRate calls that the fleet may begin in a second; 0: it has no rate
     */
    List<FleetGrants.Grant> decide(GrantKey key, double fleetRate, long now) {
        forget(now);
        int total = limitNow(now);
        List<Seat> live =
                seats.values().stream().filter(seat -> seat.current.isLive(now)).toList();
        int[] targets = targets(total, live, now);
        int sum = Math.max(1, Arrays.stream(targets).sum());
        double free = total - givenAt(now);
        double freeRate = fleetRate - rateGivenAt(now);
        List<FleetGrants.Grant> grants = new ArrayList<>();
        for (int i = 0; i < live.size(); i++) {
            Seat seat = live.get(i);
            Life life = seat.current;
            if (life.report.number() > life.answered) {
                Lease held = life.held();
                double has = seat.slotsAt(now);
                int slots = (int) Math.min(targets[i], ceiling(has, held.slotsAt(now), free));
                free -= Math.max(0, slots - has);
                double hasRate = seat.rateAt(now);
                double rate = Math.min(fleetRate * targets[i] / sum, ceiling(hasRate, held.rateAt(now), freeRate));
                freeRate -= Math.max(0, rate - hasRate);
                life.gave(new Lease(key, slots, rate, now));
                life.answered = life.report.number();
                grants.add(new FleetGrants.Grant(life.member, life.answered, slots, rate));
            }
        }
        return grants;
    }

    /**
     * Returns what a process may be given.
     *
     * @param mayHave what it may have by now, at most
     * @param has what it certainly has
     * @param free what nobody may have; negative if all together may have too much
     */
    private static double ceiling(double mayHave, double has, double free) {
        return free >= 0 ? mayHave + free : Math.max(mayHave + free, has);
    }

    private static int[] targets(int total, List<Seat> live, long now) {
        int[] wanted =
                live.stream().mapToInt(seat -> seat.current.report.wanted()).toArray();
        int[] most = live.stream().mapToInt(seat -> seat.current.report.most()).toArray();
        boolean takeTurns = Arrays.stream(wanted).filter(want -> want > 0).count() > total;
        return ProcessShares.of(total, wanted, most, takeTurns ? (int) (now / TURN % Math.max(1, live.size())) : 0);
    }

    private void forget(long now) {
        seats.values()
                .forEach(seat ->
                        seat.lives.values().removeIf(life -> !life.equals(seat.current) && life.isForgotten(now)));
        seats.values().removeIf(seat -> seat.current.isForgotten(now) && seat.lives.size() == 1);
    }
}
