package io.pawline.cli.terminal;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lays rows of text out as lines with columns of one width each. */
public final class Table {

    private Table() {}

    /** Puts what others wrote in one line: a terminal is to show it, not to obey it. */
    public static String inOneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    /** Returns the lines, the header first. */
    public static List<String> lines(List<String> header, List<List<String>> body) {
        List<List<String>> rows =
                Stream.concat(Stream.of(header), body.stream()).toList();
        int[] widths = IntStream.range(0, header.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream()
                .map(row -> IntStream.range(0, row.size())
                        .mapToObj(column -> row.get(column)
                                + " ".repeat(widths[column] - row.get(column).length()))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .toList();
    }
}
