package io.pawline.ops.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a text as one HTML page that needs nothing else, for a light or dark screen and for paper. */
final class HtmlPage {

    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --bar: #8cb4ff; }
            @media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --bar: #2f5fb3; } }
            body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
              margin: 0 auto; max-width: 64rem; padding: 1.5rem; }
            h1 { font-size: 1.6rem; } h2 { border-bottom: 1px solid var(--line); margin-top: 2.2rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; margin: .6rem 0; }
            th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
            th { background: var(--soft); }
            td.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
            td.bar { background: linear-gradient(to right, var(--bar) var(--share), transparent var(--share)); }
            figure { break-inside: avoid; margin: .8rem 0; overflow-x: auto; }
            figcaption { font-size: .92em; }
            pre { background: var(--soft); overflow-x: auto; padding: .6rem; }
            @page { margin: 14mm; size: A4; }
            @media print { body { font-size: 11px; max-width: none; padding: 0; } h2, h3 { break-after: avoid; }
              tr, pre { break-inside: avoid; } pre { white-space: pre-wrap; } * { print-color-adjust: exact; } }
            """;

    private HtmlPage() {}

    static String of(List<Block> blocks, String language, String title) {
        return """
                <!doctype html>
                <html lang="%s">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                %s</body>
                </html>
                """.formatted(
                        language,
                        escaped(title),
                        STYLE + PictureStyle.CSS,
                        blocks.stream().map(HtmlPage::of).collect(Collectors.joining()));
    }

    private static String of(Block block) {
        return switch (block) {
            case Block.Heading heading -> "<h%d>%s</h%1$d>\n".formatted(heading.level(), escaped(heading.text()));
            case Block.Paragraph paragraph -> "<p>%s</p>\n".formatted(escaped(paragraph.text()));
            case Block.Bullets bullets ->
                bullets.items().stream()
                        .map(item -> "<li>%s</li>\n".formatted(escaped(item)))
                        .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
            case Block.Lines lines -> "<pre>%s</pre>\n".formatted(escaped(lines.text()));
            case Block.Picture picture ->
                "<figure>%s<figcaption>%s</figcaption></figure>\n"
                        .formatted(picture.svg().inline(), escaped(picture.title()));
            case Block.Table table -> table(table);
        };
    }

    private static String table(Block.Table table) {
        String head = table.head().stream()
                .map(cell -> "<th>" + escaped(cell) + "</th>")
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
        double most = table.bars() < 0
                ? 0
                : table.rows().stream()
                        .mapToDouble(row -> number(row.get(table.bars())))
                        .max()
                        .orElse(0);
        String rows = table.rows().stream().map(row -> row(table, row, most)).collect(Collectors.joining());
        return "<div class=\"wide\"><table>\n<thead>%s</thead>\n<tbody>\n%s</tbody></table></div>\n"
                .formatted(head, rows);
    }

    private static String row(Block.Table table, List<String> cells, double most) {
        StringBuilder row = new StringBuilder("<tr>");
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            boolean number = column > 0 && cell.matches("[<\\d][\\d,.]*( s|%)?( \\([\\d.<]+%\\))?|-");
            if (column == table.bars() && most > 0) {
                row.append(String.format(
                        Locale.ROOT,
                        "<td class=\"number bar\" style=\"--share:%.1f%%\">%s</td>",
                        100 * number(cell) / most,
                        escaped(cell)));
            } else {
                row.append(number ? "<td class=\"number\">" : "<td>")
                        .append(escaped(cell))
                        .append("</td>");
            }
        }
        return row.append("</tr>\n").toString();
    }

    private static double number(String cell) {
        return Double.parseDouble(cell.replace(",", ""));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
