package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenFormsTest {

    private static final String HOSTILE = "<script>alert('x')</script> | [a](b) `c`";

    private static final List<Block> BLOCKS = List.of(
            new Block.Heading(2, HOSTILE),
            new Block.Bullets(List.of(HOSTILE)),
            new Block.Lines("```\n" + HOSTILE),
            new Block.Table(
                    "01-calls",
                    List.of("from", "calls", "note"),
                    List.of(List.of("a", "1,200", HOSTILE), List.of("b", "600", "")),
                    1),
            new Block.Picture("tasks", HOSTILE, new Svg("tasks", 40, HOSTILE).text("name", 0, 20, "start", HOSTILE)));

    @Test
    void whatAProviderSaysIsTextAndNothingElse() {
        assertThat(HtmlPage.of(BLOCKS, "en", HOSTILE)).doesNotContain("<script");
        assertThat(Markdown.of(BLOCKS))
                .contains("| a | 1,200 | &lt;script>alert('x')&lt;/script> \\| \\[a](b) \\`c\\` |")
                .contains("'''\n<script>");
    }

    @Test
    void theLargestNumberHasTheLongestBar() {
        assertThat(HtmlPage.of(BLOCKS, "en", "title"))
                .contains("--share:100.0%\">1,200<")
                .contains("--share:50.0%\">600<");
    }

    @Test
    void aPictureIsAFileOfItsOwnWithItsStyle() {
        String file = ((Block.Picture) BLOCKS.getLast()).svg().file(PictureStyle.CSS);

        assertThat(file)
                .contains("xmlns=\"http://www.w3.org/2000/svg\"")
                .contains("<style>")
                .doesNotContain("<script>");
        assertThat(file).doesNotContain("href").doesNotContain("url(http");
    }

    @Test
    void theArchiveHasThePageTheTextThePicturesAndEachTable() throws IOException {
        Map<String, String> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(ReportArchive.of(BLOCKS, "<html>")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }

        assertThat(files).containsOnlyKeys("report.md", "report.html", "pictures/tasks.svg", "tables/01-calls.csv");
        assertThat(files.get("report.md")).contains("](pictures/tasks.svg)");
        assertThat(files.get("tables/01-calls.csv"))
                .isEqualTo("\uFEFFfrom,calls,note\r\na,1200,%s\r\nb,600,\r\n".formatted(HOSTILE));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "7, 8", "98, 100", "101, 150", "1000000, 1000000"})
    void anAxisHasRoundNumbersAndRoomForAll(long largest, double most) {
        AxisScale scale = AxisScale.ofCounts(largest);

        assertThat(scale.most()).isEqualTo(most);
        assertThat(scale.ticks()).hasSizeBetween(2, 6).first().isEqualTo(0.0);
        assertThat(scale.at((double) largest)).isBetween(0.0, 1.0);
    }
}
