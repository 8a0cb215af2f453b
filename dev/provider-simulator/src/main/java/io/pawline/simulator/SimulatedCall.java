package io.pawline.simulator;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Holds one request as it came. Thread-safe. */
final class SimulatedCall {

    private final String id;
    private final String method;
    private final QueryStringDecoder uri;
    private final HttpHeaders headers;
    private final byte[] body;
    private final CountDownLatch clientGone = new CountDownLatch(1);

    SimulatedCall(String id, String method, String uri, HttpHeaders headers, byte[] body) {
        this.id = id;
        this.method = method;
        this.uri = new QueryStringDecoder(uri);
        this.headers = headers;
        this.body = body;
    }

    /** The id that the answer has in {@code X-Request-Id}. */
    String id() {
        return id;
    }

    String method() {
        return method;
    }

    String path() {
        return uri.path();
    }

    /** The path as sent, percent-encoded. */
    String rawPath() {
        return uri.rawPath();
    }

    List<String> queryNames() {
        return uri.parameters().keySet().stream().toList();
    }

    List<String> queryValues(String name) {
        return uri.parameters().getOrDefault(name, List.of());
    }

    Optional<String> query(String name) {
        return queryValues(name).stream().findFirst();
    }

    Optional<String> header(String name) {
        @Nullable String value = headers.get(name);
        return Optional.ofNullable(value);
    }

    /** The client's own name for the request, or nothing. */
    String clientRequestId() {
        return header("X-Client-Request-Id").orElse("");
    }

    /** The client's name for the request without the number at its end, which differs from attempt to attempt. */
    String clientRequest() {
        return clientRequestId().replaceFirst("-\\d+$", "");
    }

    byte[] body() {
        return body;
    }

    /** Must be called when the connection is closed, by either side. */
    void connectionClosed() {
        clientGone.countDown();
    }

    boolean isClientGone() {
        return clientGone.getCount() == 0;
    }

    void awaitClientGone() throws InterruptedException {
        clientGone.await();
    }
}
