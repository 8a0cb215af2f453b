package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Chinese documents have the parts of the English ones, so that a change of one without the other is seen. */
class TranslationTest {

    private static final Path DOCS = ProjectFiles.root().resolve("docs");

    /** A Chinese document and the English one that it translates. */
    record Translation(MarkdownDocument chinese, MarkdownDocument english) {
        @Override
        public String toString() {
            return chinese.toString();
        }
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameHeadings(Translation pages) {
        assertThat(levels(pages.chinese()))
                .as("levels of headings in %s", pages)
                .isEqualTo(levels(pages.english()));
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameCode(Translation pages) {
        assertThat(code(pages.chinese())).as("blocks of code in %s", pages).isEqualTo(code(pages.english()));
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameLinks(Translation pages) {
        assertThat(links(pages.chinese()))
                .as("links in %s, as the English page has them", pages)
                .containsExactlyInAnyOrderElementsOf(links(pages.english()));
    }

    @ParameterizedTest
    @MethodSource("translations")
    void hasTheSameCodesInTables(Translation pages) {
        assertThat(pages.chinese().codeInTables())
                .as("codes in the tables of %s", pages)
                .containsExactlyInAnyOrderElementsOf(pages.english().codeInTables());
    }

    static List<Translation> translations() {
        List<Translation> translations = MarkdownDocument.all().stream()
                .filter(document -> english(document.file()).isPresent())
                .map(document -> new Translation(
                        document, MarkdownDocument.of(english(document.file()).orElseThrow())))
                .toList();
        assertThat(translations).hasSizeGreaterThan(5);
        return translations;
    }

    /** The file that this one translates; empty if it is no translation. */
    private static Optional<Path> english(Path file) {
        if (file.endsWith("README.zh.md")) {
            return Optional.of(file.resolveSibling("README.md"));
        }
        Path chinese = DOCS.resolve("zh");
        return file.startsWith(chinese) ? Optional.of(DOCS.resolve(chinese.relativize(file))) : Optional.empty();
    }

    private static List<Integer> levels(MarkdownDocument document) {
        return document.headings().stream().map(MarkdownDocument.Heading::level).toList();
    }

    /** Blocks of code; a comment may be in any language, but has to be there. */
    private static List<MarkdownDocument.CodeBlock> code(MarkdownDocument document) {
        return document.codeBlocks().stream()
                .map(block -> new MarkdownDocument.CodeBlock(
                        block.language(),
                        block.text()
                                .lines()
                                .map(line -> line.startsWith("#") ? "#" : line)
                                .collect(Collectors.joining("\n"))))
                .toList();
    }

    private static List<String> links(MarkdownDocument document) {
        return document.links().stream()
                .map(link -> link.isRelative() ? counterpart(document, link) : link.target())
                .toList();
    }

    /** Where a relative link leads, as a file and a heading of the English documents. */
    private static String counterpart(MarkdownDocument document, MarkdownDocument.Link link) {
        Path target = document.targetOf(link);
        Path english = english(target).orElse(target);
        String anchor = link.anchor();
        if (!english.equals(target) && !anchor.isEmpty() && Files.exists(target)) {
            int place = MarkdownDocument.of(target).anchors().indexOf(anchor);
            List<String> anchors = MarkdownDocument.of(english).anchors();
            anchor = place < 0 || place >= anchors.size() ? anchor : anchors.get(place);
        }
        return RepositoryFiles.name(english) + (anchor.isEmpty() ? "" : "#" + anchor);
    }
}
