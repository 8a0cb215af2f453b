package io.pawline.controls;

import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Knows how the processes of each stage share its providers, from what they tell each other in {@code pawline.limits}.
 * Thread-safe.
 */
public final class FleetState {

    /** A process without work says something every three seconds. One that says nothing for so long is gone. */
    private static final Duration GONE = Duration.ofSeconds(15);

    /**
     * Shows one provider of a stage.
     *
     * @param limit calls that all processes together may have in flight; empty: nobody has said
     * @param rate calls that all processes together may begin in a second; 0: there is no rate
     * @param processes in the order of their names
     * @param tenants with the most tasks, of all processes; that with the most first
     */
    public record Fleet(
            String stage,
            String provider,
            Optional<Integer> limit,
            double rate,
            List<Member> processes,
            List<Tenant> tenants) {

        public Fleet {
            processes = List.copyOf(processes);
            tenants = List.copyOf(tenants);
        }

        /** Sums a figure of all processes. */
        public int sum(ToIntFunction<Member> figure) {
            return processes.stream().mapToInt(figure).sum();
        }
    }

    /**
     * Shows one process, as it said last.
     *
     * @param controller whether it divides the limit
     * @param share calls that it may have in flight; empty: it has no lease
     * @param rate calls that it may begin in a second; 0: there is no rate
     * @param reported whether it has said the figures that follow; otherwise they are 0
     * @param ghosts calls given up that have probably not ended
     * @param wanted calls that could be in flight if the limit let them
     */
    public record Member(
            String instance,
            boolean controller,
            Optional<Integer> share,
            double rate,
            boolean reported,
            int inFlight,
            int ghosts,
            int wanted) {}

    /**
     * Shows one tenant, over all processes.
     *
     * @param atWork tasks that hold a permit
     * @param waiting tasks that could begin and have no permit
     * @param share part of the permits that is the tenant's by its weight, 0 to 1: the mean of the processes by their tasks
     */
    public record Tenant(String tenant, int atWork, int waiting, double share) {

        private Tenant and(Tenant other) {
            int own = atWork + waiting;
            int both = own + other.atWork + other.waiting;
            double mean = both == 0 ? share : (share * own + other.share * (both - own)) / both;
            return new Tenant(tenant, atWork + other.atWork, waiting + other.waiting, mean);
        }
    }

    private record Name(String stage, String provider) {}

    /** Is what was last said of one process. */
    private static final class Said {
        private @Nullable LimitReport report;
        private @Nullable LimitLease lease;
        private Instant heard = Instant.MIN;
    }

    /** Is what was last said of one provider. */
    private static final class Known {
        private final Map<String, Said> members = new TreeMap<>();
        private @Nullable LimitLeases leases;
        private String controller = "";

        Said member(String instance) {
            return members.computeIfAbsent(instance, _ -> new Said());
        }
    }

    private final Map<Name, Known> fleets = new HashMap<>();

    /**
     * Takes a message of a stage, in the order in which they were sent.
     *
     * @param at when it was sent
     */
    public synchronized void add(String stage, LimitMessage message, Instant at) {
        Known fleet = fleets.computeIfAbsent(new Name(stage, message.getProvider()), _ -> new Known());
        message.getReport().ifPresent(report -> {
            if (report.getLeaving()) {
                fleet.members.remove(message.getInstance());
            } else {
                Said member = fleet.member(message.getInstance());
                member.report = report;
                member.heard = at;
            }
        });
        message.getLeases().ifPresent(leases -> {
            fleet.leases = leases;
            fleet.controller = message.getInstance();
            fleet.member(message.getInstance()).heard = at;
            leases.getLeases().forEach(lease -> {
                Said member = fleet.member(lease.getInstance());
                member.lease = lease;
                member.heard = member.heard.equals(Instant.MIN) ? at : member.heard;
            });
        });
    }

    /** Returns what is known of each provider of each stage, in the order of their names, without processes that are gone. */
    public synchronized List<Fleet> at(Instant now) {
        fleets.values()
                .forEach(fleet -> fleet.members
                        .values()
                        .removeIf(member -> Duration.between(member.heard, now).compareTo(GONE) > 0));
        fleets.values().removeIf(fleet -> fleet.members.isEmpty());
        return fleets.entrySet().stream()
                .map(fleet -> fleet(fleet.getKey(), fleet.getValue()))
                .sorted(Comparator.comparing(Fleet::stage).thenComparing(Fleet::provider))
                .toList();
    }

    private static Fleet fleet(Name name, Known known) {
        LimitLeases leases = known.leases;
        List<Member> processes = new ArrayList<>();
        known.members.forEach((instance, member) ->
                processes.add(process(instance, instance.equals(known.controller), member.report, member.lease)));
        return new Fleet(
                name.stage(),
                name.provider(),
                leases == null ? Optional.empty() : Optional.of(leases.getLimit()),
                leases == null ? 0 : leases.getRate(),
                processes,
                tenants(known));
    }

    private static Member process(
            String instance, boolean controller, @Nullable LimitReport report, @Nullable LimitLease lease) {
        return new Member(
                instance,
                controller,
                lease == null ? Optional.empty() : Optional.of(lease.getSlots()),
                lease == null ? 0 : lease.getRate(),
                report != null,
                report == null ? 0 : report.getBusy() - report.getGhosts(),
                report == null ? 0 : report.getGhosts(),
                report == null ? 0 : report.getWanted());
    }

    private static List<Tenant> tenants(Known known) {
        Map<String, Tenant> sums = known.members.values().stream()
                .flatMap(member -> Optional.ofNullable(member.report).stream())
                .flatMap(report -> report.getTenants().stream())
                .map(of -> new Tenant(of.getTenant(), of.getAtWork(), of.getWaiting(), of.getShare()))
                .collect(Collectors.toMap(Tenant::tenant, Function.identity(), Tenant::and));
        return sums.values().stream()
                .sorted(Comparator.comparingInt((Tenant of) -> of.atWork() + of.waiting())
                        .reversed()
                        .thenComparing(Tenant::tenant))
                .toList();
    }
}
