package io.pawline.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a schema registry for one machine. It offers the part of <a
 * href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Confluent's API</a> that
 * serializers need, for Avro, on 127.0.0.1, and keeps the schemas in PostgreSQL. It answers many requests at once.
 * Several registries may share a database.
 */
public final class SchemaRegistryServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SchemaRegistryServer.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    /** The address of {@link #url()}; {@link InetAddress#getLoopbackAddress()} may be an IPv6 address. */
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final RegistryApi api;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private SchemaRegistryServer(RegistryApi api, HttpServer server) {
        this.api = api;
        this.server = server;
    }

    /**
     * Creates the tables that are missing and begins to answer.
     *
     * @param dataSource where the schemas are kept, in a database schema of their own
     * @param port to listen on; 0 for any free one
     * @throws UncheckedIOException if the port cannot be listened on
     */
    public static SchemaRegistryServer start(DataSource dataSource, int port) {
        SchemaStore store = new SchemaStore(dataSource);
        store.createTables();
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(LOOPBACK, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("the schema registry cannot listen on port " + port, e);
        }
        SchemaRegistryServer registry = new SchemaRegistryServer(new RegistryApi(store), server);
        server.setExecutor(registry.threads);
        server.createContext("/", registry::serve);
        server.start();
        return registry;
    }

    /** The address for {@code schema.registry.url}. */
    public String url() {
        return "http://" + LOOPBACK.getHostAddress() + ":" + server.getAddress().getPort();
    }

    /** Stops answering; the schemas stay in the database. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
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
