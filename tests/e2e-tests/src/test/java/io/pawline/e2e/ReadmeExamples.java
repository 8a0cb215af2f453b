package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The examples of a README in one language, in their order. What an example prints stands behind it as a comment.
 *
 * @param code all blocks, one after the other
 */
record ReadmeExamples(String code) {

    private static final Pattern PRINTED =
            Pattern.compile("^ *(?:System\\.out\\.println|console\\.log)\\(.*\\); // (.*)$", Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import .*;\n", Pattern.MULTILINE);

    /** @param replaced what a reader replaces, each by what it is replaced with; each has to be there */
    static ReadmeExamples of(Path readme, String language, Map<String, String> replaced) {
        List<MarkdownDocument.CodeBlock> blocks = MarkdownDocument.of(readme).codeBlocks().stream()
                .filter(block -> block.language().equals(language))
                .toList();
        assertThat(blocks).as("examples of %s", readme).hasSizeGreaterThan(5);
        String code = String.join(
                "\n", blocks.stream().map(MarkdownDocument.CodeBlock::text).toList());
        for (Map.Entry<String, String> one : replaced.entrySet()) {
            assertThat(code).contains(one.getKey());
            code = code.replace(one.getKey(), one.getValue());
        }
        return new ReadmeExamples(code);
    }

    /** What the examples say that they print, line by line. */
    List<String> printed() {
        List<String> printed =
                PRINTED.matcher(code).results().map(found -> found.group(1)).toList();
        assertThat(printed).hasSizeGreaterThan(10);
        return printed;
    }

    /** The imports, in the order in which they come. */
    String imports() {
        return String.join(
                "", IMPORT.matcher(code).results().map(MatchResult::group).toList());
    }

    String withoutImports() {
        return IMPORT.matcher(code).replaceAll("");
    }
}
