package io.pawline.ops.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a report as a ZIP of files: the page, the Markdown with its pictures beside it, and each table as CSV. */
final class ReportArchive {

    /** So that spreadsheets take the files for UTF-8. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private ReportArchive() {}

    static byte[] of(List<Block> blocks, String html) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, UTF_8)) {
            add(zip, "report.md", Markdown.of(blocks));
            add(zip, "report.html", html);
            for (Block block : blocks) {
                switch (block) {
                    case Block.Picture picture ->
                        add(
                                zip,
                                "pictures/" + picture.name() + ".svg",
                                picture.svg().file(PictureStyle.CSS));
                    case Block.Table table ->
                        add(zip, "tables/" + table.name() + ".csv", BYTE_ORDER_MARK + CsvFile.of(table));
                    case Block.Heading _, Block.Paragraph _, Block.Bullets _, Block.Lines _ -> {}
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(UTF_8));
        zip.closeEntry();
    }
}
