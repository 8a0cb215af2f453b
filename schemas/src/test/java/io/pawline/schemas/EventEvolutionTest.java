package io.pawline.schemas;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.TaskFinished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event stays readable by and for every version ever frozen: topics hold events of earlier versions for weeks,
 * and services of neighbouring versions run side by side while they are replaced. How to freeze:
 * docs/contributor/schemas.md.
 */
class EventEvolutionTest {

    private static final Path CURRENT = Path.of("src/main/avro");
    private static final Path FROZEN = Path.of("src/test/resources/frozen");

    @ParameterizedTest
    @MethodSource("frozenVersions")
    void everyEventStaysReadable(Path version) {
        Map<String, Schema> frozen = schemasIn(version);
        assertThat(frozen).isNotEmpty();
        Map<String, Schema> current = schemasIn(CURRENT);
        frozen.forEach((name, schema) -> {
            assertThat(current)
                    .as("%s is in %s, so topics may hold it", name, version)
                    .containsKey(name);
            assertThat(violations(requireNonNull(current.get(name)), schema))
                    .as("%s against %s", name, version)
                    .isEmpty();
        });
    }

    @Test
    void everyEventIsFrozenAsItIs() {
        List<Map<String, Schema>> frozen =
                frozenVersions().map(EventEvolutionTest::schemasIn).toList();
        schemasIn(CURRENT)
                .forEach((name, schema) -> assertThat(
                                frozen.stream().anyMatch(version -> schema.equals(version.get(name))))
                        .as(
                                "%s as it is now is in no version under %s: copy %s there as a new one",
                                name, FROZEN, CURRENT)
                        .isTrue());
    }

    @Test
    void generatedClassesHaveTheCheckedSchemas() {
        assertThat(schemasIn(CURRENT).get("io.pawline.events.TaskFinished"))
                .satisfies(schema ->
                        assertThat(violations(TaskFinished.SCHEMA$, schema)).isEmpty());
    }

    @Test
    void aNewFieldWithoutDefaultIsNoticed() {
        assertThat(violations(taskAcceptedWith("{'name': 'breed', 'type': 'string'}"), taskAcceptedWith("")))
                .singleElement()
                .asString()
                .contains("cannot read", "breed");
    }

    @Test
    void aFieldTakenAwayIsNoticed() {
        assertThat(violations(taskAcceptedWith(""), taskAcceptedWith("{'name': 'breed', 'type': 'string'}")))
                .singleElement()
                .asString()
                .contains("cannot be read", "breed");
    }

    @Test
    void aChangedTypeIsNoticed() {
        assertThat(violations(
                        taskAcceptedWith("{'name': 'breed', 'type': 'int', 'default': 0}"),
                        taskAcceptedWith("{'name': 'breed', 'type': 'string', 'default': ''}")))
                .hasSize(2);
    }

    @Test
    void aNewFieldWithDefaultIsAllowed() {
        assertThat(violations(
                        taskAcceptedWith("{'name': 'breed', 'type': ['null', 'string'], 'default': null}"),
                        taskAcceptedWith("")))
                .isEmpty();
    }

    private static Schema taskAcceptedWith(String field) {
        String context = "{'name': 'context', 'type': 'string'}";
        return new Schema.Parser()
                .parse("{'type': 'record', 'name': 'TaskAccepted', 'fields': [%s%s]}"
                        .formatted(context, field.isEmpty() ? "" : ", " + field)
                        .replace('\'', '"'));
    }

    /** What keeps the two from reading each other's records; empty if nothing does. */
    private static List<String> violations(Schema current, Schema frozen) {
        List<String> violations = new ArrayList<>();
        incompatibility(current, frozen).ifPresent(why -> violations.add("cannot read what was written: " + why));
        incompatibility(frozen, current).ifPresent(why -> violations.add("cannot be read by what is running: " + why));
        return violations;
    }

    private static Optional<String> incompatibility(Schema reader, Schema writer) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        return result.getType() == SchemaCompatibilityType.COMPATIBLE
                ? Optional.empty()
                : Optional.of(result.getResult().getIncompatibilities().stream()
                        .map(what -> what.getType() + " at " + what.getLocation() + ": " + what.getMessage())
                        .collect(Collectors.joining("; ")));
    }

    private static Stream<Path> frozenVersions() {
        return sorted(FROZEN).filter(Files::isDirectory);
    }

    /** Every named type of a folder by its full name; the files may name each other in any order. */
    private static Map<String, Schema> schemasIn(Path folder) {
        SchemaParser parser = new SchemaParser();
        sorted(folder).filter(file -> file.toString().endsWith(".avsc")).forEach(file -> {
            try {
                parser.parse(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Map<String, Schema> schemas = new TreeMap<>();
        parser.getParsedNamedSchemas().forEach(schema -> schemas.put(schema.getFullName(), schema));
        return schemas;
    }

    private static Stream<Path> sorted(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
