package io.pawline.cli;

import io.pawline.cli.terminal.Table;
import io.pawline.controls.TenantWeight;
import io.pawline.events.ControlCommand;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Lays live controls out as the lines of a table. */
final class ControlTable {

    private static final List<String> HEADER = List.of("SUBJECT", "WHAT", "UNTIL", "BY", "WHY", "AT");

    private ControlTable() {}

    /** Lays out what was read from Kafka; no lines if nothing is in force. */
    static List<String> lines(List<ControlCommand> inForce) {
        return table(inForce.stream().map(ControlTable::row).toList());
    }

    /**
     * Lays out what ops-service answered; no lines if nothing is in force.
     *
     * @param cancelledTasks how many there are; the answer holds the newest of them
     */
    static List<String> lines(JsonNode controls, long cancelledTasks) {
        List<String> lines = new ArrayList<>(
                table(controls.valueStream().map(ControlTable::row).toList()));
        long shown = controls.valueStream()
                .filter(control -> control.path("subject").asString("").startsWith("task:"))
                .count();
        if (cancelledTasks > shown) {
            lines.add("and %d more cancelled tasks".formatted(cancelledTasks - shown));
        }
        return lines;
    }

    private static List<String> table(List<List<String>> rows) {
        return rows.isEmpty() ? List.of() : Table.lines(HEADER, rows);
    }

    private static List<String> row(JsonNode said) {
        JsonNode until = said.path("until");
        return List.of(
                said.path("subject").asString(""),
                said.has("weight")
                        ? "weight " + said.path("weight").asString("")
                        : what(
                                said.path("action").asString(""),
                                said.path("limit").asInt(0)),
                until.isString() ? time(Instant.parse(until.asString())) : "-",
                Table.inOneLine(said.path("by").asString("")),
                Table.inOneLine(said.path("why").asString("")),
                time(Instant.parse(said.path("at").asString(""))));
    }

    private static List<String> row(ControlCommand said) {
        return List.of(
                said.getSubject(),
                said.getSubject().startsWith("weight:")
                        ? "weight " + TenantWeight.text(said.getLimit().orElse(0))
                        : what(
                                said.getAction().name().toLowerCase(Locale.ROOT),
                                said.getLimit().orElse(0)),
                said.getUntil().map(ControlTable::time).orElse("-"),
                Table.inOneLine(said.getBy()),
                Table.inOneLine(said.getWhy()),
                time(said.getAt()));
    }

    /** @param limit 0: there is none */
    private static String what(String action, int limit) {
        String words = action.replace('_', '-');
        return limit > 0 ? words + " " + limit : words;
    }

    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
