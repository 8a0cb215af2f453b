package io.pawline.cli;

import io.pawline.cli.terminal.Table;
import io.pawline.controls.FleetState.Fleet;
import io.pawline.controls.FleetState.Member;
import io.pawline.controls.FleetState.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** Lays out, as the lines of tables, how the processes of each stage share their provider, and tenants the permits. */
final class FleetTable {

    private static final List<String> HEADER =
            List.of("STAGE", "PROVIDER", "PROCESS", "LIMIT", "IN FLIGHT", "GHOSTS", "WANTED", "CALLS/S");
    private static final List<String> TENANTS = List.of("STAGE", "TENANT", "SHARE", "IN FLIGHT", "WAITING");

    private FleetTable() {}

    /** Returns the lines; none if no process has said anything. */
    static List<String> lines(List<Fleet> fleets) {
        List<List<String>> rows = new ArrayList<>();
        List<List<String>> tenants = new ArrayList<>();
        for (Fleet fleet : fleets) {
            rows.add(sum(fleet));
            fleet.processes().forEach(process -> rows.add(row(fleet, process)));
            fleet.tenants().forEach(tenant -> tenants.add(row(fleet, tenant)));
        }
        List<String> lines = new ArrayList<>(rows.isEmpty() ? List.of() : Table.lines(HEADER, rows));
        if (!tenants.isEmpty()) {
            lines.add("");
            lines.addAll(Table.lines(TENANTS, tenants));
        }
        return lines;
    }

    private static List<String> sum(Fleet fleet) {
        return List.of(
                fleet.stage(),
                fleet.provider(),
                "all",
                fleet.limit().map(String::valueOf).orElse("-"),
                String.valueOf(fleet.sum(Member::inFlight)),
                String.valueOf(fleet.sum(Member::ghosts)),
                String.valueOf(fleet.sum(Member::wanted)),
                rate(fleet.rate()));
    }

    private static List<String> row(Fleet fleet, Member process) {
        return List.of(
                fleet.stage(),
                fleet.provider(),
                process.instance() + (process.controller() ? " (controller)" : ""),
                process.share().map(String::valueOf).orElse("-"),
                said(process, Member::inFlight),
                said(process, Member::ghosts),
                said(process, Member::wanted),
                rate(process.rate()));
    }

    private static List<String> row(Fleet fleet, Tenant tenant) {
        return List.of(
                fleet.stage(),
                tenant.tenant().isEmpty() ? "-" : tenant.tenant(),
                String.format(Locale.ROOT, "%.0f %%", 100 * tenant.share()),
                String.valueOf(tenant.atWork()),
                String.valueOf(tenant.waiting()));
    }

    private static String said(Member process, ToIntFunction<Member> figure) {
        return process.reported() ? String.valueOf(figure.applyAsInt(process)) : "-";
    }

    private static String rate(double perSecond) {
        return perSecond == 0 ? "-" : String.format(Locale.ROOT, "%.2f", perSecond);
    }
}
