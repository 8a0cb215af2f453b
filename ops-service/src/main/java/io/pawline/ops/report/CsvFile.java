package io.pawline.ops.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes a table as CSV (RFC 4180), as spreadsheets read it. */
final class CsvFile {

    private CsvFile() {}

    static String of(Block.Table table) {
        return Stream.concat(Stream.of(table.head()), table.rows().stream())
                .map(CsvFile::row)
                .collect(Collectors.joining());
    }

    private static String row(List<String> cells) {
        return cells.stream().map(CsvFile::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    /** Numbers lose the commas between their thousands; a text that a spreadsheet would take for a formula gets a quote. */
    private static String cell(String cell) {
        if (cell.matches("-?\\d{1,3}(,\\d{3})*(\\.\\d+)?")) {
            return cell.replace(",", "");
        }
        String text = !cell.isEmpty() && "=+-@\t".indexOf(cell.charAt(0)) >= 0 && cell.length() > 1 ? "'" + cell : cell;
        return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
