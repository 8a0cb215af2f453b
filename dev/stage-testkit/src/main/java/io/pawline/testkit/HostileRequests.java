package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Makes HTTP requests that are nearly right, as broken programs and attackers send them. Each begins as a request for one
 * of a service's routes: with a body that the route expects, packed or in chunks, or with none. Then bytes of its head,
 * its body or its framing are changed. The same seed makes the same requests. It is used by one thread.
 *
 * <p>Each body has a mark of its own in several places. What a service keeps of a request has the mark too.
 */
public final class HostileRequests {

    /** Texts that mean something to some layer of an HTTP service. */
    private static final List<String> TOKENS = List.of(
            "\r\n",
            "\r\n\r\n",
            "\n",
            "\u0000",
            "%00",
            "%",
            "..",
            "//",
            ";",
            ";;;%%%",
            "?",
            "#",
            "\"",
            "{",
            "}",
            "[[[[[[[[[[[[[[[[",
            ":",
            ",",
            "null",
            "-1",
            "1e999999",
            "99999999999999999999",
            "\\ud800",
            "\u00ff\u00fe",
            "--" + HostileBodies.BOUNDARY,
            "\r\n--" + HostileBodies.BOUNDARY + "--\r\n",
            "Content-Length: 5\r\n",
            "Content-Length: 99999999\r\n",
            "Content-Length: -1\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Content-Encoding: gzip\r\n",
            "Content-Encoding: br\r\n",
            "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: multipart/form-data; boundary=" + HostileBodies.BOUNDARY + "\r\n",
            "Content-Type: application/json; charset=utf-7\r\n",
            "Content-Type: text/plain; charset=klingon\r\n",
            "Content-Transfer-Encoding: base64\r\n",
            "Accept: image/avif\r\n",
            "Accept: ;;;\r\n",
            "Accept: text/html;q=much\r\n",
            "Accept-Encoding: br;q=2\r\n",
            "Expect: 100-continue\r\n",
            "Expect: 200-maybe\r\n",
            "Range: bytes=9-3,-5,1-\r\n",
            "If-None-Match: W/\"\r\n",
            "If-Modified-Since: yesterday\r\n",
            "Idempotency-Key: a b\r\n",
            "Last-Event-ID: 99999999-9\r\n",
            "traceparent: 00-zz-zz-01\r\n",
            "X-Forwarded-For: ' or 1=1\r\n",
            "X-Forwarded-Host: a b\r\n",
            "X-HTTP-Method-Override: DELETE\r\n",
            "Upgrade: h2c\r\nConnection: Upgrade\r\n",
            "Cookie: \u0001\r\n",
            "Host: a b\r\n",
            "HTTP/9.9",
            "0\r\n\r\n",
            "ffffffffffffffff\r\n");

    /** Parameters of some route, in either service. */
    private static final List<String> PARAMETERS = List.of(
            "wait",
            "limit",
            "cursor",
            "state",
            "reason",
            "from",
            "to",
            "client_ref",
            "ids",
            "ttl",
            "token",
            "stage",
            "provider_code",
            "tenant",
            "style",
            "task_id",
            "generation",
            "min_attempts",
            "max_attempts",
            "q",
            "above",
            "by",
            "format",
            "lang",
            "type",
            "length",
            "expires",
            "signature",
            "series",
            "span",
            "since");

    /** Values that are right for some parameter, and values that are right for none; as they stand in a query. */
    private static final List<String> VALUES = List.of(
            "",
            "1",
            "0",
            "-1",
            "1s",
            "5m",
            "100",
            "101",
            "2147483648",
            "9223372036854775808",
            "1e9",
            "NaN",
            "open",
            "failed",
            "any",
            "undelivered",
            "detect",
            "none",
            "csv",
            "no_pet",
            "HTTP+503",
            "1,2,3",
            "1,,2",
            ",",
            "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "1-1-1-1-1",
            "2026-11-23T10:15:30Z",
            "2026-11-23T10:15:30+18:00",
            "%2B999999999-12-31T23:59:59Z",
            "-999999999-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "294277-01-01T00:00:00Z",
            "MTp4",
            "%00",
            "%ff%fe",
            "%ed%a0%80",
            "a'b%22c%5C",
            "wall+-fur",
            "-",
            "%22%22",
            "%26%7C!%3A*()",
            "%3C->",
            "%25",
            "%5B1%2C2%5D",
            "%7B%7D",
            "a".repeat(3_000));

    private final List<String> routes;
    private final List<String> writing;
    private final String credentials;
    private final HostileBodies bodies;
    private final Random random;
    private final String client;
    private int made;

    /**
     * Is one request, to be sent as it is over a connection of its own.
     *
     * @param route that it began as
     * @param mark that its body has
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Request(String route, String mark, byte[] bytes) {}

    /**
     * Makes requests for these routes.
     *
     * @param routes each as {@code POST /v1/tasks/{id}/cancel}
     * @param bodies that the routes expect
     * @param credentials the header that lets a request in, with its line end; empty: none is needed
     */
    public HostileRequests(List<String> routes, HostileBodies bodies, String credentials, long seed) {
        this.routes = List.copyOf(routes);
        this.writing =
                routes.stream().filter(route -> !route.startsWith("GET ")).toList();
        this.credentials = credentials;
        this.bodies = bodies;
        this.random = new Random(seed);
        this.client = "hx%016x".formatted(seed);
    }

    /** Makes the next request. */
    public Request next() {
        String named = one(random.nextBoolean() ? writing : routes);
        String[] route = named.split(" ", 2);
        int changes = random.nextInt(3) == 0 ? 0 : 3;
        String mark = client + "-" + made++ + "-x";
        HostileBodies.Body expected =
                route[0].equals("GET") ? HostileBodies.Body.NONE : bodies.body(route[1], mark, random);
        byte[] body = expected.bytes();
        String type = body.length == 0 || random.nextInt(15) == 0 ? "" : "Content-Type: " + expected.type() + "\r\n";
        boolean packed = body.length > 0 && random.nextInt(6) == 0;
        byte[] sent = mutated(packed ? packed(mutated(body, changes)) : body, changes);
        boolean chunked = body.length > 0 && random.nextInt(4) == 0;
        String head = "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s%s"
                .formatted(
                        route[0],
                        path(route[1]),
                        random.nextInt(20) == 0 ? "" : credentials,
                        type,
                        packed ? "Content-Encoding: gzip\r\n" : "",
                        chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + sent.length + "\r\n");
        byte[] request = joined(mutatedHead(head), "\r\n".getBytes(UTF_8), chunked ? chunks(sent) : sent);
        return new Request(
                named,
                mark,
                random.nextInt(10) == 0 ? Arrays.copyOf(request, random.nextInt(request.length)) : request);
    }

    private String path(String template) {
        String id = switch (random.nextInt(6)) {
            case 0 -> "none";
            case 1 -> one(TOKENS).replaceAll("[\\s\u0000]", "%0d");
            default -> bodies.id(template, random);
        };
        String path = template.replaceAll("\\{[^}]*}", id.replace("\\", "%5c").replace("$", "%24"));
        String query = switch (random.nextInt(6)) {
            case 0 -> "?wait=1s";
            case 1 -> "?limit=" + random.nextInt(-1, 200) + "&state=failed&cursor=MTp4";
            case 2 -> "?" + one(TOKENS).replaceAll("[\\s\u0000]", "+") + "=" + random.nextInt();
            case 3 -> "?" + parameter() + (random.nextBoolean() ? "" : "&" + parameter());
            default -> "";
        };
        return path + (random.nextInt(12) == 0 ? "/" : "") + (path.contains("?") ? query.replace('?', '&') : query);
    }

    private String parameter() {
        return one(PARAMETERS) + "=" + one(VALUES);
    }

    /** A header more, at the end of some line, or a few other bytes. */
    private byte[] mutatedHead(String head) {
        String mutated = head;
        if (random.nextInt(2) == 0) {
            int line = mutated.indexOf("\r\n", random.nextInt(mutated.length() - 1)) + 2;
            mutated = mutated.substring(0, Math.max(2, line)) + one(TOKENS) + mutated.substring(Math.max(2, line));
        }
        return mutated(mutated.getBytes(ISO_8859_1), random.nextInt(3) == 0 ? 2 : 0);
    }

    private byte[] mutated(byte[] bytes, int most) {
        byte[] mutated = bytes;
        for (int changes = random.nextInt(most + 1); changes > 0 && mutated.length > 0; changes--) {
            int at = random.nextInt(mutated.length);
            int to = Math.min(mutated.length, at + 1 + random.nextInt(20));
            byte[] before = Arrays.copyOf(mutated, at);
            mutated = switch (random.nextInt(5)) {
                case 0 -> joined(before, new byte[] {(byte) random.nextInt()}, rest(mutated, at + 1));
                case 1 -> joined(before, rest(mutated, to));
                case 2 -> joined(before, Arrays.copyOfRange(mutated, at, to), rest(mutated, at));
                case 3 -> joined(before, one(TOKENS).getBytes(ISO_8859_1), rest(mutated, at));
                default ->
                    joined(before, one(TOKENS).repeat(random.nextInt(1, 40)).getBytes(ISO_8859_1), rest(mutated, to));
            };
        }
        return mutated;
    }

    private static byte[] rest(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, Math.min(from, bytes.length), bytes.length);
    }

    private byte[] chunks(byte[] body) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; ) {
            int length = Math.min(body.length - at, 1 + random.nextInt(200));
            int claimed = random.nextInt(20) == 0 ? random.nextInt(400) : length;
            chunks.writeBytes(
                    (Integer.toHexString(claimed) + (random.nextInt(10) == 0 ? ";x=\"" : "") + "\r\n").getBytes(UTF_8));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(UTF_8));
            at += length;
        }
        chunks.writeBytes(one(List.of("0\r\n\r\n", "0\r\n\r\n", "0\r\nX-Trailer: a\r\n\r\n", "-1\r\n\r\n", ""))
                .getBytes(UTF_8));
        return mutated(chunks.toByteArray(), random.nextInt(3) == 0 ? 1 : 0);
    }

    private static byte[] packed(byte[] bytes) {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return small.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** The routes of an OpenAPI document, and those that every service has besides. */
    public static List<String> routes(Contract contract) {
        List<String> routes = new ArrayList<>(contract.operations());
        routes.addAll(List.of("GET /actuator/health", "GET /actuator/prometheus", "GET /elsewhere", "POST /error"));
        return routes;
    }
}
