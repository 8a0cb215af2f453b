package io.pawline.registry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import tools.jackson.databind.JsonNode;

/** Answers the requests to the registry. Confluent calls this its resources. */
final class RegistryApi {

    private static final int LONGEST_SUBJECT = 500;

    private final SchemaStore store;
    private final List<Route> routes;

    RegistryApi(SchemaStore store) {
        this.store = store;
        this.routes = List.of(
                Route.of("GET", "/", request -> Map.of()),
                Route.of("GET", "/subjects", request -> store.subjects()),
                Route.of("POST", "/subjects/{}", this::lookUp),
                Route.of("GET", "/subjects/{}/versions", request -> versionNumbers(subject(request))),
                Route.of("POST", "/subjects/{}/versions", this::register),
                Route.of("GET", "/subjects/{}/versions/{}", request -> version(subject(request), request.argument(1))),
                Route.of("GET", "/schemas/types", request -> List.of("AVRO")),
                Route.of("GET", "/schemas/ids/{}", request -> schema(request.argument(0))),
                Route.of("POST", "/compatibility/subjects/{}/versions/{}", this::check),
                Route.of("GET", "/config", request -> Map.of("compatibilityLevel", store.globalLevel())),
                Route.of("PUT", "/config", this::setGlobalLevel),
                Route.of("GET", "/config/{}", this::level),
                Route.of("PUT", "/config/{}", this::setLevel));
    }

    /**
     * Answers a request.
     *
     * @return the answer, to be written as JSON
     * @throws RegistryException if the request is refused
     */
    Object answer(RegistryRequest request) {
        List<Route> here =
                routes.stream().filter(route -> route.leadsTo(request.path())).toList();
        if (here.isEmpty()) {
            throw RegistryException.noSuchPath();
        }
        Route route = here.stream()
                .filter(candidate -> candidate.method().equals(request.method()))
                .findFirst()
                .orElseThrow(RegistryException::methodNotAllowed);
        return route.handler().apply(request.along(route));
    }

    private Object register(RegistryRequest request) {
        String subject = subject(request);
        return Map.of("id", store.register(subject, schemaIn(request)));
    }

    private SchemaVersion lookUp(RegistryRequest request) {
        String subject = subject(request);
        String schema = schemaIn(request).toString();
        return versionsOf(subject).stream()
                .filter(version -> version.schema().equals(schema))
                .findFirst()
                .orElseThrow(RegistryException::unknownSchema);
    }

    private List<Integer> versionNumbers(String subject) {
        return versionsOf(subject).stream().map(SchemaVersion::version).toList();
    }

    private SchemaVersion version(String subject, String wanted) {
        Optional<Integer> number = versionNumber(wanted);
        List<SchemaVersion> versions = versionsOf(subject);
        return number.isEmpty()
                ? versions.getLast()
                : versions.stream()
                        .filter(version -> version.version() == number.get())
                        .findFirst()
                        .orElseThrow(() -> RegistryException.unknownVersion(wanted));
    }

    private Object schema(String id) {
        return positive(id)
                .flatMap(store::schema)
                .map(schema -> Map.of("schema", schema))
                .orElseThrow(() -> RegistryException.unknownSchema(id));
    }

    /**
     * Checks against the one version named, as Confluent's registry does. A new subject is compatible with everything.
     */
    private Object check(RegistryRequest request) {
        String subject = subject(request);
        Schema schema = schemaIn(request);
        Optional<Integer> number = versionNumber(request.argument(1));
        List<SchemaVersion> against =
                number.isEmpty() && store.versions(subject).isEmpty()
                        ? List.of()
                        : List.of(version(subject, request.argument(1)));
        List<String> violations =
                store.levelOf(subject).orElseGet(store::globalLevel).violations(schema, SchemaStore.parsed(against));
        return request.asks("verbose")
                ? Map.of("is_compatible", violations.isEmpty(), "messages", violations)
                : Map.of("is_compatible", violations.isEmpty());
    }

    private Object level(RegistryRequest request) {
        String subject = subject(request);
        CompatibilityLevel level = store.levelOf(subject)
                .or(() -> request.asks("defaultToGlobal") ? Optional.of(store.globalLevel()) : Optional.empty())
                .orElseThrow(() -> RegistryException.noLevel(subject));
        return Map.of("compatibilityLevel", level);
    }

    private Object setGlobalLevel(RegistryRequest request) {
        CompatibilityLevel level = levelIn(request);
        store.setGlobalLevel(level);
        return Map.of("compatibility", level);
    }

    private Object setLevel(RegistryRequest request) {
        String subject = subject(request);
        CompatibilityLevel level = levelIn(request);
        store.setLevel(subject, level);
        return Map.of("compatibility", level);
    }

    private List<SchemaVersion> versionsOf(String subject) {
        List<SchemaVersion> versions = store.versions(subject);
        if (versions.isEmpty()) {
            throw RegistryException.unknownSubject(subject);
        }
        return versions;
    }

    private static String subject(RegistryRequest request) {
        String subject = request.argument(0);
        if (subject.isBlank()
                || subject.length() > LONGEST_SUBJECT
                || subject.chars().anyMatch(Character::isISOControl)) {
            throw RegistryException.invalidSubject();
        }
        return subject;
    }

    private static Schema schemaIn(RegistryRequest request) {
        JsonNode body = request.json();
        String type = body.path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryException.invalidSchema("this registry holds Avro schemas only, not " + type);
        }
        if (!body.path("references").isEmpty()) {
            throw RegistryException.invalidSchema("this registry does not follow references to other schemas");
        }
        String text = body.path("schema").stringValue("");
        if (text.isBlank()) {
            throw RegistryException.invalidSchema("it is empty");
        }
        try {
            return new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    private static CompatibilityLevel levelIn(RegistryRequest request) {
        return CompatibilityLevel.ofName(request.json().path("compatibility").stringValue(""));
    }

    /** The number of a version; empty for the latest. */
    private static Optional<Integer> versionNumber(String text) {
        if (text.equals("latest") || text.equals("-1")) {
            return Optional.empty();
        }
        return Optional.of(positive(text).orElseThrow(() -> RegistryException.invalidVersion(text)));
    }

    private static Optional<Integer> positive(String text) {
        try {
            return Optional.of(Integer.parseInt(text)).filter(number -> number > 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
