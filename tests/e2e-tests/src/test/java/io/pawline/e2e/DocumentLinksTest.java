package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The relative links and images of each document lead to files and headings that exist. */
class DocumentLinksTest {

    @ParameterizedTest
    @MethodSource("documents")
    void eachLinkLeadsSomewhere(MarkdownDocument document) {
        assertThat(document.links().stream()
                        .filter(MarkdownDocument.Link::isRelative)
                        .flatMap(link -> problem(document, link).stream()))
                .as("broken links of %s", document)
                .isEmpty();
    }

    /** The other tests of this class say nothing if no links are found. */
    @Test
    void linksAnchorsAndImagesAreFound() {
        List<MarkdownDocument.Link> links = documents().stream()
                .flatMap(document -> document.links().stream())
                .filter(MarkdownDocument.Link::isRelative)
                .toList();
        assertThat(links).hasSizeGreaterThan(200);
        assertThat(links).anyMatch(link -> link.path().endsWith(".svg"));
        assertThat(links).filteredOn(link -> !link.anchor().isEmpty()).hasSizeGreaterThan(20);
    }

    static List<MarkdownDocument> documents() {
        return MarkdownDocument.all();
    }

    private static Optional<String> problem(MarkdownDocument document, MarkdownDocument.Link link) {
        Path target = document.targetOf(link);
        String place = "line " + link.line() + ": " + link.target();
        if (!target.startsWith(ProjectFiles.root())) {
            return Optional.of(place + " leaves the repository");
        }
        if (!Files.exists(target)) {
            return Optional.of(place + " does not exist");
        }
        if (!link.anchor().isEmpty() && !hasAnchor(target, link.anchor())) {
            return Optional.of(place + " has no such heading");
        }
        return Optional.empty();
    }

    private static boolean hasAnchor(Path target, String anchor) {
        return target.toString().endsWith(".md")
                && MarkdownDocument.of(target).anchors().contains(anchor);
    }
}
