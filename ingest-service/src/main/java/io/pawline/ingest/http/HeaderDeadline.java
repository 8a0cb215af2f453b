package io.pawline.ingest.http;

import io.pawline.service.Periodic;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Disconnects clients whose request line and headers are not complete after some time, even if they send a byte now and
 * then. Jetty by itself bounds only the pause between two bytes. Runs as long as its server; thread-safe.
 */
public final class HeaderDeadline extends AbstractLifeCycle {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Connector connector;
    private final long mostNanos;
    private @Nullable Periodic looks;

    /** @param time that a client may take from the first byte of a request to the end of its headers */
    public HeaderDeadline(Connector connector, Duration time) {
        this.connector = connector;
        this.mostNanos = time.toNanos();
    }

    @Override
    protected void doStart() {
        looks = Periodic.start("header-deadline", LOOK_EVERY, this::look);
    }

    @Override
    protected void doStop() {
        if (looks != null) {
            looks.close();
        }
    }

    private void look() {
        long now = System.nanoTime();
        for (EndPoint client : connector.getConnectedEndPoints()) {
            if (client.getConnection() instanceof HttpConnection connection && isLate(connection.getParser(), now)) {
                client.close(new TimeoutException("the headers did not come in time"));
            }
        }
    }

    /** Reads the state before the time: the state is volatile, and Jetty writes the time before it. */
    private boolean isLate(HttpParser request, long now) {
        HttpParser.State state = request.getState();
        return state != HttpParser.State.START
                && state.compareTo(HttpParser.State.HEADER) <= 0
                && now - request.getBeginNanoTime() > mostNanos;
    }
}
