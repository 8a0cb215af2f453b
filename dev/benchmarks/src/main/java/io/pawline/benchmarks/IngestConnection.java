package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Posts one task after the other over a connection to ingest-service. It is as cheap as possible, because it uses the
 * processor of the machine that is measured: it reads no more of HTTP than ingest-service answers with.
 */
final class IngestConnection implements AutoCloseable {

    private static final String TASK_ID = "\"task_id\":\"";
    private static final int TASK_ID_LENGTH = 36;

    /** The server closes a connection only if it is idle for far longer. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(5);

    private final int port;
    private final String authorization;
    private Socket socket;
    private InputStream in;
    private boolean closing;
    private long lastUsed;

    /** @param key the API key; empty: keys are off */
    IngestConnection(int port, Optional<String> key) throws IOException {
        this.port = port;
        authorization = key.map("Authorization: Bearer %s\r\n"::formatted).orElse("");
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        in = streamOf(socket);
        lastUsed = System.nanoTime();
    }

    private static InputStream streamOf(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        return new BufferedInputStream(socket.getInputStream());
    }

    /** Connects again if the server closes the connection, as it does after a number of requests. */
    private void renewIfSpent() throws IOException {
        if (closing || System.nanoTime() - lastUsed > LONGEST_IDLE.toNanos()) {
            socket.close();
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            in = streamOf(socket);
            closing = false;
        }
    }

    /**
     * Posts a task that differs from all others, so that none is folded into another.
     *
     * @return its id
     * @throws IOException if it is not accepted
     */
    String post(long number) throws IOException {
        String body = "{\"image_url\":\"http://127.0.0.1:1/%d.jpg\",\"style\":\"ink\"}".formatted(number);
        String request =
                "POST /v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(authorization, body.length(), body);
        renewIfSpent();
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        String status = line();
        String answer = body();
        lastUsed = System.nanoTime();
        if (!status.startsWith("HTTP/1.1 202")) {
            throw new IOException("a task was not accepted: " + status + " " + answer);
        }
        int id = answer.indexOf(TASK_ID) + TASK_ID.length();
        return answer.substring(id, id + TASK_ID_LENGTH);
    }

    private String body() throws IOException {
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            }
            closing |= lower.startsWith("connection:") && lower.endsWith("close");
            chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
        }
        return chunked ? chunks() : new String(in.readNBytes(length), US_ASCII);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.append(new String(in.readNBytes(size), US_ASCII));
            line();
        }
        line();
        return body.toString();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("ingest-service has closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
