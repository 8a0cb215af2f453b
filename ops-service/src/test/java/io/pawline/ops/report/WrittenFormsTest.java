package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenFormsTest {

    private static final String HOSTILE = "<script>alert('x')</script> | [a](b) `c`";

    private static final List<Block> BLOCKS = List.of(
            new Block.Heading(2, HOSTILE),
            new Block.Bullets(List.of(HOSTILE)),
            new Block.Lines("```\n" + HOSTILE),
            new Block.Table(
                    List.of("from", "calls", "note"),
                    List.of(List.of("a", "1,200", HOSTILE), List.of("b", "600", "")),
                    1));

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
}
