package io.pawline.testkit;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Holds what a service really answers against its OpenAPI document. An answer has a status, a media type, headers and
 * fields that the document has. A request that is taken is one that the document describes. Thread-safe.
 */
public final class Contract {

    /** These statuses are answered where the document has nothing. */
    private static final Set<Integer> ELSEWHERE = Set.of(400, 401, 403, 404, 405, 415);

    private static final List<String> METHODS = List.of("get", "post", "put", "delete", "patch", "head", "options");

    private final JsonNode document;
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<JsonNode, Schema> known = new ConcurrentHashMap<>();

    /** @param resource the document on the class path, such as {@code /openapi.yaml} */
    public Contract(String resource) {
        document = read(resource);
    }

    public JsonNode document() {
        return document;
    }

    /** Returns each operation, as {@code GET /v1/tasks}. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> METHODS.stream()
                        .filter(path.getValue()::has)
                        .forEach(method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /**
     * Holds one exchange against the document.
     *
     * @throws AssertionError if they disagree, and in what
     */
    public void check(HttpRequest request, byte[] body, HttpResponse<byte[]> answer) {
        String path = request.uri().getRawPath();
        if (path.startsWith("/actuator")) {
            return;
        }
        String exchange = request.method() + " " + path + " -> " + answer.statusCode();
        require(answer.headers().firstValue("X-Request-Id").isPresent(), exchange, "the request has no id");
        Optional<JsonNode> operation = operation(request.method(), path);
        if (operation.isEmpty()) {
            require(ELSEWHERE.contains(answer.statusCode()), exchange, "the document has no such operation");
            checkContent(problem(), answer, exchange);
            return;
        }
        JsonNode response = resolved(operation.get().get("responses").path(Integer.toString(answer.statusCode())));
        require(!response.isMissingNode(), exchange, "the document has no such status");
        checkContent(response.path("content"), answer, exchange);
        response.path("headers").properties().forEach(header -> checkHeader(header, answer, exchange));
        if (answer.statusCode() < 300) {
            checkRequest(operation.get(), request, body, exchange);
        }
    }

    /**
     * Holds the body of a webhook against the document.
     *
     * @param name of the webhook
     * @throws AssertionError if they disagree, and in what
     */
    public void checkWebhook(String name, byte[] body) {
        JsonNode schema = document.at("/webhooks/" + name + "/post/requestBody/content/application~1json/schema");
        require(!schema.isMissingNode(), name, "the document has no such webhook");
        checkSchema(schema, JsonMapper.shared().readTree(body), name);
    }

    private Optional<JsonNode> operation(String method, String path) {
        JsonNode literal = document.get("paths").path(path);
        JsonNode item = literal.isMissingNode()
                ? document.get("paths").properties().stream()
                        .filter(template -> matches(template.getKey(), path))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(literal)
                : literal;
        JsonNode operation = item.path(method.toLowerCase(Locale.ROOT));
        return operation.isMissingNode() ? Optional.empty() : Optional.of(operation);
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replace("{key}", ".*").replaceAll("\\{[a-z]+}", "[^/]+"));
    }

    private JsonNode problem() {
        return document.at("/components/responses/Invalid/content");
    }

    private void checkContent(JsonNode content, HttpResponse<byte[]> answer, String exchange) {
        if (content.isMissingNode()) {
            require(answer.body().length == 0, exchange, "the document has no body");
            return;
        }
        String type = answer.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
        JsonNode media = content.has(type) ? content.get(type) : content.path(type.replaceFirst("/.*", "/*"));
        require(!media.isMissingNode(), exchange, "the document has no media type " + type);
        if (type.equals("application/json") || type.endsWith("+json")) {
            JsonNode body = JsonMapper.shared().readTree(answer.body());
            checkSchema(media.get("schema"), body, exchange);
            require(
                    !type.equals("application/problem+json")
                            || body.get("status").asInt() == answer.statusCode(),
                    exchange,
                    "the problem has another status");
            require(
                    !type.equals("application/problem+json")
                            || answer.headers()
                                    .allValues("X-Request-Id")
                                    .equals(List.of(body.path("request_id").asString(""))),
                    exchange,
                    "the problem has another request id");
        }
    }

    private void checkHeader(Map.Entry<String, JsonNode> named, HttpResponse<byte[]> answer, String exchange) {
        JsonNode header = resolved(named.getValue());
        Optional<String> value = answer.headers().firstValue(named.getKey());
        require(
                value.isPresent() || !header.path("required").asBoolean(false),
                exchange,
                named.getKey() + " is missing");
        value.map(JsonMapper.shared().getNodeFactory()::stringNode)
                .ifPresent(text -> checkSchema(header.get("schema"), text, exchange));
    }

    private void checkRequest(JsonNode operation, HttpRequest request, byte[] body, String exchange) {
        String type = request.headers().firstValue("Content-Type").orElse("");
        if (type.equals("application/json")) {
            JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
            checkSchema(schema, JsonMapper.shared().readTree(body), exchange + " (request)");
        }
    }

    private void checkSchema(JsonNode schema, JsonNode value, String exchange) {
        var errors = known.computeIfAbsent(schema, this::compiled).validate(value);
        require(errors.isEmpty(), exchange, errors + " in " + value);
    }

    /** Compiles a schema together with what its references lead to. */
    private Schema compiled(JsonNode schema) {
        ObjectNode root = (ObjectNode) schema.deepCopy();
        root.set("components", document.get("components"));
        return schemas.getSchema(root);
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asString("");
        return reference.isEmpty() ? node : document.at(reference.substring(1));
    }

    private static void require(boolean condition, String exchange, String fault) {
        if (!condition) {
            throw new AssertionError(exchange + ": " + fault);
        }
    }

    private static JsonNode read(String resource) {
        try (InputStream yaml = Objects.requireNonNull(Contract.class.getResourceAsStream(resource))) {
            JsonNode document = YAMLMapper.shared().readTree(new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
            close(document);
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forbids fields that the document lacks. Clients have to accept new fields, but here such a field is a fault. */
    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()) {
            object.put("additionalProperties", false);
        }
        node.forEach(Contract::close);
    }
}
