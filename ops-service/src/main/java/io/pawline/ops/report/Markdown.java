package io.pawline.ops.report;

import java.util.List;
import java.util.stream.Collectors;

/** Writes a text as GitHub-flavoured Markdown. */
final class Markdown {

    private Markdown() {}

    static String of(List<Block> blocks) {
        return blocks.stream().map(Markdown::of).collect(Collectors.joining("\n"));
    }

    private static String of(Block block) {
        return switch (block) {
            case Block.Heading heading -> "#".repeat(heading.level()) + " " + text(heading.text()) + "\n";
            case Block.Paragraph paragraph -> text(paragraph.text()) + "\n";
            case Block.Bullets bullets ->
                bullets.items().stream().map(item -> "- " + text(item) + "\n").collect(Collectors.joining());
            case Block.Lines lines -> "```\n" + lines.text().replace("```", "'''") + "\n```\n";
            case Block.Picture picture ->
                "![%s](pictures/%s.svg)\n".formatted(text(picture.title()).replace("]", "\\]"), picture.name());
            case Block.Table table -> table(table);
        };
    }

    private static String table(Block.Table table) {
        String line = table.head().stream().map(_ -> "---").collect(Collectors.joining("|", "|", "|\n"));
        return row(table.head())
                + line
                + table.rows().stream().map(Markdown::row).collect(Collectors.joining());
    }

    private static String row(List<String> cells) {
        return cells.stream().map(Markdown::cell).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String cell(String text) {
        return text(text).replace("|", "\\|");
    }

    /** Escapes a text: what a provider says must not become a link or a tag. */
    private static String text(String text) {
        return text.replace("\\", "\\\\")
                .replace("<", "&lt;")
                .replace("[", "\\[")
                .replace("`", "\\`")
                .replace("*", "\\*")
                .replaceAll("[\\r\\n]+", " ");
    }
}
