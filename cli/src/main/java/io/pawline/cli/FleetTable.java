package io.pawline.cli;

import io.pawline.cli.terminal.Table;
import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lays out, as the lines of a table, how the processes of each stage share their provider. Not thread-safe. */
final class FleetTable {

    private static final List<String> HEADER =
            List.of("STAGE", "PROVIDER", "PROCESS", "LIMIT", "IN FLIGHT", "GHOSTS", "WANTED", "CALLS/S");

    /** Is what was last said of one process. */
    private static final class Member {
        private @Nullable LimitReport report;
        private @Nullable LimitLease lease;
        private boolean controller;
    }

    /** Is what was last said of one provider of a stage. */
    private static final class Fleet {
        private final Map<String, Member> members = new TreeMap<>();
        private @Nullable LimitLeases leases;

        Member member(String instance) {
            return members.computeIfAbsent(instance, _ -> new Member());
        }
    }

    private record Name(String stage, String provider) implements Comparable<Name> {
        @Override
        public int compareTo(Name other) {
            int byStage = stage.compareTo(other.stage);
            return byStage == 0 ? provider.compareTo(other.provider) : byStage;
        }
    }

    private final Map<Name, Fleet> fleets = new TreeMap<>();

    /** Takes a message of a stage, in the order in which they were sent. */
    void add(String stage, LimitMessage message) {
        Fleet fleet = fleets.computeIfAbsent(new Name(stage, message.getProvider()), _ -> new Fleet());
        message.getReport().ifPresent(report -> {
            if (report.getLeaving()) {
                fleet.members.remove(message.getInstance());
            } else {
                fleet.member(message.getInstance()).report = report;
            }
        });
        message.getLeases().ifPresent(leases -> {
            fleet.leases = leases;
            fleet.members.values().forEach(member -> member.controller = false);
            fleet.member(message.getInstance()).controller = true;
            leases.getLeases().forEach(lease -> fleet.member(lease.getInstance()).lease = lease);
        });
    }

    /** Returns the lines; none if no process has said anything. */
    List<String> lines() {
        List<List<String>> rows = new ArrayList<>();
        fleets.forEach((name, fleet) -> {
            rows.add(sum(name, fleet));
            fleet.members.forEach((instance, member) -> rows.add(row(name, instance, member)));
        });
        return rows.isEmpty() ? List.of() : Table.lines(HEADER, rows);
    }

    private static List<String> sum(Name name, Fleet fleet) {
        List<LimitReport> reports = fleet.members.values().stream()
                .flatMap(member -> Stream.ofNullable(member.report))
                .toList();
        LimitLeases leases = fleet.leases;
        return List.of(
                name.stage(),
                name.provider(),
                "all",
                leases == null ? "-" : String.valueOf(leases.getLimit()),
                sum(reports, FleetTable::inFlight),
                sum(reports, LimitReport::getGhosts),
                sum(reports, LimitReport::getWanted),
                rate(leases == null ? 0 : leases.getRate()));
    }

    private static List<String> row(Name name, String instance, Member member) {
        LimitReport report = member.report;
        LimitLease lease = member.lease;
        return List.of(
                name.stage(),
                name.provider(),
                instance + (member.controller ? " (controller)" : ""),
                lease == null ? "-" : String.valueOf(lease.getSlots()),
                report == null ? "-" : String.valueOf(inFlight(report)),
                report == null ? "-" : String.valueOf(report.getGhosts()),
                report == null ? "-" : String.valueOf(report.getWanted()),
                rate(lease == null ? 0 : lease.getRate()));
    }

    private static int inFlight(LimitReport report) {
        return report.getBusy() - report.getGhosts();
    }

    private static String sum(List<LimitReport> reports, ToIntFunction<LimitReport> figure) {
        return String.valueOf(reports.stream().mapToInt(figure).sum());
    }

    private static String rate(double perSecond) {
        return perSecond == 0 ? "-" : String.format(Locale.ROOT, "%.2f", perSecond);
    }
}
