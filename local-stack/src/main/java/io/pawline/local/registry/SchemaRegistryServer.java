package io.pawline.local.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A schema registry for one machine: the part of <a
 * href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Confluent's API</a> that serializers
 * need, for Avro, on the loopback address, kept in PostgreSQL. Not thread-safe itself, though it serves many requests at
 * once.
 */
public final class SchemaRegistryServer {

    private static final Logger log = LoggerFactory.getLogger(SchemaRegistryServer.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    /** Not {@link InetAddress#getLoopbackAddress()}, which may be of the other kind than {@link #url()} says. */
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final SchemaStore store;
    private final RegistryApi api;
    private final int port;
    private @Nullable HttpServer server;
    private @Nullable ExecutorService threads;

    /**
     * @param dataSource where the schemas are kept, in tables of their own
     * @param port to listen on; 0 for any that is free
     */
    public SchemaRegistryServer(DataSource dataSource, int port) {
        this.store = new SchemaStore(dataSource);
        this.api = new RegistryApi(store);
        this.port = port;
    }

    /**
     * Creates the tables that are missing and begins to answer.
     *
     * @throws UncheckedIOException if the port cannot be listened on
     */
    public void start() {
        if (server != null) {
            throw new IllegalStateException("the schema registry runs already, on " + url());
        }
        store.createTables();
        HttpServer starting;
        try {
            starting = HttpServer.create(new InetSocketAddress(LOOPBACK, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("the schema registry cannot listen on port " + port, e);
        }
        threads = Executors.newVirtualThreadPerTaskExecutor();
        starting.setExecutor(threads);
        starting.createContext("/", this::serve);
        starting.start();
        server = starting;
    }

    /** Stops answering; does nothing if it does not run. */
    public void stop() {
        if (server != null && threads != null) {
            server.stop(0);
            threads.shutdownNow();
            server = null;
            threads = null;
        }
    }

    /** The address for {@code schema.registry.url}, while it runs. */
    public URI url() {
        if (server == null) {
            throw new IllegalStateException("the schema registry does not run");
        }
        return URI.create("http://" + LOOPBACK.getHostAddress() + ":"
                + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                write(exchange, 200, api.answer(RegistryRequest.of(exchange)));
            } catch (RegistryException e) {
                refuse(exchange, e);
            } catch (RuntimeException e) {
                log.error("Cannot answer {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                refuse(exchange, RegistryException.storeFailed());
            }
        }
    }

    private static void refuse(HttpExchange exchange, RegistryException refusal) throws IOException {
        write(
                exchange,
                refusal.status(),
                Map.of("error_code", refusal.code(), "message", String.valueOf(refusal.getMessage())));
    }

    private static void write(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] body = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        boolean headOnly = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, headOnly ? -1 : body.length);
        if (!headOnly) {
            exchange.getResponseBody().write(body);
        }
    }
}
