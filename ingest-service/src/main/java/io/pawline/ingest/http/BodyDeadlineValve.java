package io.pawline.ingest.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Cuts off clients whose body takes too long, though they send a byte now and then. Below the servlet API, so that it holds
 * for forms, too, which Tomcat reads by itself.
 */
public final class BodyDeadlineValve extends ValveBase {

    private final Duration time;

    /** @param time that a client may take from its headers to the end of its body */
    public BodyDeadlineValve(Duration time) {
        super(true);
        this.time = time;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        org.apache.coyote.Request connection = request.getCoyoteRequest();
        InputBuffer body = connection.getInputBuffer();
        connection.setInputBuffer(new Bounded(connection, body, System.nanoTime() + time.toNanos()));
        try {
            getNext().invoke(request, response);
        } finally {
            // The connection's next request has the same object.
            connection.setInputBuffer(body);
        }
    }

    private record Bounded(org.apache.coyote.Request connection, InputBuffer body, long end) implements InputBuffer {

        @Override
        public int doRead(ApplicationBufferHandler handler) throws IOException {
            int read = body.doRead(handler);
            if (read >= 0 && System.nanoTime() - end > 0) {
                // What still comes would come as slowly.
                connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
                throw new SocketTimeoutException("the body did not come in time");
            }
            return read;
        }

        @Override
        public int available() {
            return body.available();
        }
    }
}
