package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a line of a document, or of any file, may hold. */
class DocumentLinesTest {

    private static final int LONGEST = 120;

    /** Addresses of links and bare addresses, which cannot be broken. */
    private static final Pattern ADDRESS = Pattern.compile("(?<=\\])\\([^)\\s]*\\)|<?https?://\\S+");

    /** Folders of the person or the machine that wrote a file. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.}~/-])/(?:work|root|home/[a-z]+|Users/[a-zA-Z]+)/\\w");

    @ParameterizedTest
    @MethodSource("documents")
    void proseWraps(MarkdownDocument document) {
        List<String> tooLong = new ArrayList<>();
        document.prose().forEach((number, line) -> {
            int length = ADDRESS.matcher(line).replaceAll("").length();
            if (length > LONGEST) {
                tooLong.add("line " + number + " has " + length + " characters without addresses: " + line);
            }
        });
        assertThat(tooLong).as("lines of %s", document).isEmpty();
    }

    @Test
    void noFileNamesAPathOfTheMachineItWasWrittenOn() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : RepositoryFiles.endingWith("")) {
            String text = text(file);
            MACHINE_PATH
                    .matcher(text)
                    .results()
                    .forEach(path -> found.add(RepositoryFiles.name(file) + ": "
                            + text.substring(path.start(), Math.min(text.length(), path.end() + 40))
                                    .lines()
                                    .findFirst()
                                    .orElse("")));
        }
        assertThat(found).isEmpty();
    }

    static List<MarkdownDocument> documents() {
        return MarkdownDocument.all();
    }

    /** Empty for what is no text, like a picture. */
    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException binary) {
            return "";
        }
    }
}
