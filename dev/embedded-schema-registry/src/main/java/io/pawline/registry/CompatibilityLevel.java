package io.pawline.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * Says which earlier versions a new version of a schema must be compatible with; see Confluent's <a
 * href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html">compatibility
 * types</a>.
 */
enum CompatibilityLevel {
    NONE(false, false, false),
    BACKWARD(true, false, false),
    BACKWARD_TRANSITIVE(true, false, true),
    FORWARD(false, true, false),
    FORWARD_TRANSITIVE(false, true, true),
    FULL(true, true, false),
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsEarlier;
    private final boolean readByEarlier;
    private final boolean transitive;

    CompatibilityLevel(boolean readsEarlier, boolean readByEarlier, boolean transitive) {
        this.readsEarlier = readsEarlier;
        this.readByEarlier = readByEarlier;
        this.transitive = transitive;
    }

    /** The level of this name, as Confluent writes it. */
    static CompatibilityLevel ofName(String name) {
        return Arrays.stream(values())
                .filter(level -> level.name().equals(name))
                .findFirst()
                .orElseThrow(() -> RegistryException.invalidLevel(
                        Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "))));
    }

    /**
     * Finds the incompatibilities that keep a schema from being the next version; empty if there are none.
     *
     * @param versions the earlier versions, oldest first
     */
    List<String> violations(Schema candidate, List<Schema> versions) {
        List<Schema> relevant = transitive || versions.isEmpty() ? versions : List.of(versions.getLast());
        return relevant.stream()
                .flatMap(version -> violations(candidate, version).stream())
                .toList();
    }

    private List<String> violations(Schema candidate, Schema version) {
        List<String> violations = new ArrayList<>();
        if (readsEarlier) {
            incompatibilities(candidate, version)
                    .forEach(what -> violations.add("the new schema cannot read the old one's data: " + what));
        }
        if (readByEarlier) {
            incompatibilities(version, candidate)
                    .forEach(what -> violations.add("the old schema cannot read the new one's data: " + what));
        }
        return violations;
    }

    private static List<String> incompatibilities(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(what -> what.getType() + " at " + what.getLocation() + ", " + what.getMessage())
                .toList();
    }
}
