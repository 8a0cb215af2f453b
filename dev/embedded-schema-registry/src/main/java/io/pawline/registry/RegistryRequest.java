package io.pawline.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds the parts of a request.
 *
 * @param path its decoded segments
 * @param arguments the segments that its route leaves open, once the route is known
 * @param query as sent, empty if there is none
 */
record RegistryRequest(String method, List<String> path, List<String> arguments, String query, String body) {

    private static final int LARGEST_BODY = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    static RegistryRequest of(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw RegistryException.tooLarge(LARGEST_BODY);
        }
        String query = exchange.getRequestURI().getRawQuery();
        return new RegistryRequest(
                exchange.getRequestMethod(),
                segments(exchange.getRequestURI().getRawPath()),
                List.of(),
                query == null ? "" : query,
                new String(body, StandardCharsets.UTF_8));
    }

    RegistryRequest along(Route route) {
        return new RegistryRequest(method, path, route.arguments(path), query, body);
    }

    String argument(int index) {
        return arguments.get(index);
    }

    /** Whether the query switches something on. */
    boolean asks(String name) {
        return Arrays.asList(query.split("&")).contains(name + "=true");
    }

    /** The body, which has to be a JSON object. */
    JsonNode json() {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException e) {
            throw RegistryException.badRequest("The body is no JSON: " + e.getOriginalMessage());
        }
        throw RegistryException.badRequest("The body is no JSON object");
    }

    /** The decoded parts between the slashes; a slash at the end does not count. */
    static List<String> segments(String path) {
        return Arrays.stream(path.replaceFirst("^/+", "").split("/"))
                .map(RegistryRequest::decoded)
                .toList();
    }

    private static String decoded(String segment) {
        try {
            // In a path, unlike in a form, a plus is a plus.
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RegistryException.badRequest("The path is not well encoded");
        }
    }
}
