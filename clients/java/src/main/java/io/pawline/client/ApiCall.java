package io.pawline.client;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request, as it is sent in each attempt.
 *
 * @param path with its query; or a whole address, to which the API key is not sent
 * @param repeatable whether nothing is done twice if an attempt was processed and its answer was lost
 * @param atMost how long all attempts and the pauses between them may take; empty: as the client is set
 */
record ApiCall(
        String method,
        String path,
        Map<String, String> headers,
        BodyPublisher body,
        boolean repeatable,
        Optional<Duration> atMost) {

    /** Returns whether the request goes to a whole address. */
    boolean hasWholeAddress() {
        return path.startsWith("http://") || path.startsWith("https://");
    }

    /** Names the request without its query, in which there may be a signature. */
    String name() {
        return method + " " + path.replaceFirst("\\?.*", "");
    }

    static ApiCall of(String method, String path) {
        return new ApiCall(method, path, Map.of(), BodyPublishers.noBody(), true, Optional.empty());
    }

    ApiCall header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ApiCall(method, path, more, body, repeatable, atMost);
    }

    ApiCall body(BodyPublisher content) {
        return new ApiCall(method, path, headers, content, repeatable, atMost);
    }

    ApiCall body(String contentType, BodyPublisher content) {
        return body(content).header("Content-Type", contentType);
    }

    ApiCall json(Object content) {
        return body("application/json", BodyPublishers.ofByteArray(ClientJson.MAPPER.writeValueAsBytes(content)));
    }

    /** Sends it once more only if it surely was not processed. */
    ApiCall once() {
        return new ApiCall(method, path, headers, body, false, atMost);
    }

    ApiCall within(Duration time) {
        return new ApiCall(method, path, headers, body, repeatable, Optional.of(time));
    }
}
