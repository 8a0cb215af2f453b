package io.pawline.ops.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.taskstore.DatabaseUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a report as a stream of events ({@code text/event-stream}): {@code progress} while it is made, then {@code report}
 * or {@code problem}. Until the first event, a failure is answered as that of any request. For one thread.
 */
final class ReportStream {

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServletResponse response;
    private final Clock clock;
    private Instant next = Instant.MIN;

    ReportStream(HttpServletResponse response, Clock clock) {
        this.response = response;
        this.clock = clock;
    }

    /**
     * Sends the share of the rows that are read, four times a second at most.
     *
     * @throws UncheckedIOException if the listener is gone, so that nobody goes on reading for him
     */
    void progress(double share) {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(PAUSE);
        try {
            send("progress", "{\"share\":%s}".formatted(String.format(Locale.ROOT, "%.3f", share)));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Sends the report as {@code {"type": …, "base64": …}}. */
    void report(byte[] report, String mediaType) throws IOException {
        send(
                "report",
                JSON.writeValueAsString(
                        Map.of("type", mediaType, "base64", Base64.getEncoder().encodeToString(report))));
    }

    /** Says that there will be no report, if the answer has begun. */
    void fail(DatabaseUnavailableException lost) throws IOException {
        if (!response.isCommitted()) {
            throw lost;
        }
        send(
                "problem",
                JSON.writeValueAsString(Map.of("title", "Unavailable", "detail", "The database does not answer.")));
    }

    private void send(String event, String data) throws IOException {
        if (!response.isCommitted()) {
            response.setContentType("text/event-stream;charset=UTF-8");
            response.setHeader("Cache-Control", "no-store");
            // Proxies of the kind of nginx pass events on at once then
            response.setHeader("X-Accel-Buffering", "no");
        }
        OutputStream out = response.getOutputStream();
        out.write("event: %s\ndata: %s\n\n".formatted(event, data).getBytes(UTF_8));
        out.flush();
    }
}
