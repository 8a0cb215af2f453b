package io.pawline.cli;

import io.pawline.cli.terminal.Table;
import io.pawline.events.ControlCommand;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Lays live controls out as the lines of a table. */
final class ControlTable {

    private static final List<String> HEADER = List.of("SUBJECT", "WHAT", "UNTIL", "BY", "WHY", "AT");

    private ControlTable() {}

    static List<String> lines(List<ControlCommand> inForce) {
        return Table.lines(HEADER, inForce.stream().map(ControlTable::row).toList());
    }

    private static List<String> row(ControlCommand said) {
        return List.of(
                said.getSubject(),
                what(said),
                said.getUntil().map(ControlTable::time).orElse("-"),
                said.getBy(),
                said.getWhy(),
                time(said.getAt()));
    }

    private static String what(ControlCommand said) {
        String action = said.getAction().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return said.getLimit().map(limit -> action + " " + limit).orElse(action);
    }

    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
