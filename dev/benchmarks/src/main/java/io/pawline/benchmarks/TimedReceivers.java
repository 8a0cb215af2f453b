package io.pawline.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pawline.schemas.TaskId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Receives callbacks at several addresses and notes when each came; one more address hangs. */
final class TimedReceivers implements AutoCloseable {

    private static final long GOOD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long HANGING_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int NO_CONTENT = 204;

    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, Long> published = new ConcurrentHashMap<>();
    private final Map<String, Long> came = new ConcurrentHashMap<>();
    private final AtomicInteger repeated = new AtomicInteger();

    /** @param good the number of receivers that answer soon */
    TimedReceivers(int good) throws IOException {
        for (int i = 0; i <= good; i++) {
            boolean hangs = i == good;
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> answer(exchange, hangs));
            server.start();
            servers.add(server);
        }
    }

    URI good(int number) {
        return url(servers.get(number));
    }

    URI hanging() {
        return url(servers.getLast());
    }

    /** Notes that the final state of a task for a good receiver is published now. */
    void published(TaskId id) {
        published.put(id.toString(), System.nanoTime());
    }

    /** The number of callbacks to good receivers that came more than once. */
    int repeated() {
        return repeated.get();
    }

    /**
     * Waits until this many callbacks have come, and forgets them.
     *
     * @return how long each took, the shortest first
     * @throws IllegalStateException if they do not come
     */
    double[] millis(int count, Duration patience) throws InterruptedException {
        long giveUp = System.nanoTime() + patience.toNanos();
        while (came.size() < count) {
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("%d of %d callbacks came".formatted(came.size(), count));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        double[] millis = published.entrySet().stream()
                .mapToDouble(sent -> (came.getOrDefault(sent.getKey(), Long.MAX_VALUE) - sent.getValue()) / 1e6)
                .map(took -> Math.max(0, took))
                .sorted()
                .toArray();
        published.clear();
        came.clear();
        return millis;
    }

    private static URI url(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    private void answer(HttpExchange exchange, boolean hangs) throws IOException {
        long now = System.nanoTime();
        exchange.getRequestBody().readAllBytes();
        if (!hangs) {
            String id = exchange.getRequestHeaders().getFirst("webhook-id");
            if (came.put(id.substring("msg_".length(), id.lastIndexOf('_')), now) != null) {
                repeated.incrementAndGet();
            }
        }
        LockSupport.parkNanos(hangs ? HANGING_NANOS : GOOD_NANOS);
        exchange.sendResponseHeaders(NO_CONTENT, -1);
        exchange.close();
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
