package io.pawline.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the tests that failed, and what they printed, from the reports of Maven's plugins. */
final class FailedTests {

    private static final Pattern REPORT = Pattern.compile(".*/target/(?:surefire|failsafe)-reports/TEST-[^/]*\\.xml");

    /** How deep below the project's folder reports are: {@code tests/e2e-tests/target/failsafe-reports/TEST-A.xml}. */
    private static final int DEPTH = 5;

    /** A test may print many megabytes. So many characters of the beginning and of the end are kept. */
    private static final int KEPT_LENGTH = 1 << 16;

    private static final int MESSAGE_LINES = 12;
    private static final int OUTPUT_LINES = 40;

    /** Finds the seed in what jqwik reports ({@code seed = -4711}) and in messages of tests ({@code seed: 4711}). */
    private static final Pattern SEED = Pattern.compile("\\bseed\\s*[=:]?\\s*(-?\\d+)");

    /**
     * Describes a test that failed.
     *
     * @param message its failure with the stack trace
     * @param output the beginning and the end of what it printed
     * @param whole the file with all that its class printed
     */
    record Failed(String name, String message, String output, Path whole) {

        /** Returns the seed that the test ran with, if it says so. The last one counts: a report ends with it. */
        Optional<String> seed() {
            return SEED.matcher(message + "\n" + output)
                    .results()
                    .map(found -> found.group(1))
                    .reduce((_, last) -> last);
        }

        void print(PrintStream out) {
            out.println();
            out.println("FAILED " + name);
            message.lines().limit(MESSAGE_LINES).forEach(line -> out.println("  " + line));
            seed().ifPresent(seed -> out.println("  seed: " + seed));
            List<String> lines = output.lines().toList();
            if (!lines.isEmpty()) {
                int first = Math.max(0, lines.size() - OUTPUT_LINES);
                out.println("  its last lines (" + whole + " has all):");
                lines.subList(first, lines.size()).forEach(line -> out.println("    " + line));
            }
        }
    }

    private FailedTests() {}

    /** Returns the tests that failed since then. */
    static List<Failed> since(Instant start, Path project) throws IOException {
        // A file system may know seconds only
        Instant earliest = start.truncatedTo(ChronoUnit.SECONDS);
        List<Path> reports = new ArrayList<>();
        Files.walkFileTree(project, Set.of(), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
                if (REPORT.matcher(file.toString()).matches()
                        && !about.lastModifiedTime().toInstant().isBefore(earliest)) {
                    reports.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneOrSecret) {
                return FileVisitResult.CONTINUE;
            }
        });
        return reports.stream()
                .sorted()
                .flatMap(report -> read(report).stream())
                .toList();
    }

    private static List<Failed> read(Path report) {
        try (InputStream bytes = Files.newInputStream(report)) {
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            return new Reader(report, factory.createXMLStreamReader(bytes)).read();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (XMLStreamException cutShort) {
            // A JVM that was killed leaves such a report; Maven has named its classes
            return List.of();
        }
    }

    /** Goes through one report. */
    private static final class Reader {

        private final Path report;
        private final XMLStreamReader xml;
        private final List<Failed> failed = new ArrayList<>();

        private String test = "";
        private boolean failing;
        private String message = "";
        private String output = "";

        Reader(Path report, XMLStreamReader xml) {
            this.report = report;
            this.xml = xml;
        }

        List<Failed> read() throws XMLStreamException {
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> begin();
                    case XMLStreamConstants.END_ELEMENT -> end();
                    default -> {}
                }
            }
            return failed;
        }

        private void begin() throws XMLStreamException {
            switch (xml.getLocalName()) {
                case "testcase" -> {
                    test = attribute("classname") + "." + attribute("name") + " after " + attribute("time") + " s";
                    failing = false;
                    message = "";
                    output = "";
                }
                case "failure", "error" -> {
                    failing = true;
                    message = text();
                }
                case "system-out", "system-err" -> output += text();
                default -> {}
            }
        }

        private void end() {
            if (xml.getLocalName().equals("testcase") && failing) {
                failed.add(new Failed(test, message, output, whole()));
            }
        }

        private String attribute(String name) {
            String value = xml.getAttributeValue("", name);
            return value == null ? "?" : value;
        }

        /** Reads an element's text, without its middle. Ends behind the element. */
        private String text() throws XMLStreamException {
            StringBuilder text = new StringBuilder();
            while (xml.next() != XMLStreamConstants.END_ELEMENT) {
                if (xml.hasText()) {
                    text.append(xml.getText());
                    if (text.length() > 8 * KEPT_LENGTH) {
                        text.delete(KEPT_LENGTH, text.length() - KEPT_LENGTH);
                    }
                }
            }
            return text.toString().strip() + "\n";
        }

        private Path whole() {
            Matcher name = Pattern.compile("TEST-(.*)\\.xml")
                    .matcher(report.getFileName().toString());
            return name.matches() ? report.resolveSibling(name.group(1) + "-output.txt") : report;
        }
    }
}
