package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.testkit.ProjectFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Checks or writes the part of a Markdown file that is made from the code, between a comment with its name and
 * {@code <!-- end -->}. The text around it is written by hand.
 */
record GeneratedSection(Path file, String name) {

    private static final String COMMAND = "./mvnw -pl tests/e2e-tests -am test -Dtest='*ReferenceTest'"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dpawline.docs.write=true";
    private static final String END = "<!-- end -->\n";

    /** The section of this file, whose path begins at the project's root. */
    GeneratedSection(String file, String name) {
        this(ProjectFiles.root().resolve(file), name);
    }

    /** Fails if the section differs; writes the section instead if {@code -Dpawline.docs.write=true} is set. */
    void shouldBe(String markdown) {
        String before = read();
        String after = replaceIn(before, markdown);
        if (Boolean.getBoolean("pawline.docs.write")) {
            write(after);
        } else {
            assertThat(before)
                    .as("%s is not up to date. Write it again with%n%n    %s%n", file.getFileName(), COMMAND)
                    .isEqualTo(after);
        }
    }

    /** A row of a table; escapes vertical bars inside a cell. */
    static String row(String... cells) {
        return Stream.of(cells)
                .map(cell -> " " + cell.replace("|", "\\|") + " ")
                .reduce("|", (row, cell) -> row + cell + "|")
                .concat("\n");
    }

    /** The first two lines of a table. */
    static String header(String... titles) {
        return row(titles) + "|" + "---|".repeat(titles.length) + "\n";
    }

    private String replaceIn(String text, String markdown) {
        String begin = "<!-- generated: " + name + " -->\n";
        int from = text.indexOf(begin);
        int to = text.indexOf(END, from);
        assertThat(from).as("place of '%s' in %s", begin.strip(), file).isNotNegative();
        assertThat(to).as("place of '%s' in %s", END.strip(), file).isNotNegative();
        return text.substring(0, from + begin.length()) + "\n" + markdown + "\n" + text.substring(to);
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
