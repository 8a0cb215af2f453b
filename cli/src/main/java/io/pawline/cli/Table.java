package io.pawline.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows of text as lines with columns of one width each. */
final class Table {

    private Table() {}

    static List<String> lines(List<String> header, List<List<String>> body) {
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
