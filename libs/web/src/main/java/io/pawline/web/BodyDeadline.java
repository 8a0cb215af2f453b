package io.pawline.web;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time that a body may take, even if its client sends a byte now and then. The time begins when the service
 * begins to read, because a client may have to wait for that. If the service does not want a
 * body, this handler reads the rest of it, within bounds, because some clients see the answer only when they have sent
 * everything. Thread-safe.
 */
public final class BodyDeadline extends Handler.Wrapper {

    private final long mostNanos;
    private final long mostRestBytes;

    /**
     * Bounds the bodies of all requests that pass through this handler.
     *
     * @param time that a client may take to the end of its body
     * @param mostRestBytes most bytes that are read of a body that the service does not want
     */
    public BodyDeadline(Duration time, long mostRestBytes) {
        this.mostNanos = time.toNanos();
        this.mostRestBytes = mostRestBytes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields headers = request.getHeaders();
        if (!headers.contains(HttpHeader.CONTENT_LENGTH) && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
            return super.handle(request, response, callback);
        }
        Bounded body = new Bounded(request);
        return super.handle(
                body,
                response,
                Callback.from(
                        () -> body.readRest(Callback.from(callback::succeeded, _ -> callback.succeeded())),
                        callback::failed));
    }

    private final class Bounded extends Request.Wrapper {

        // Jetty has one thread read at a time.
        private boolean begun;
        private long end;
        private long rest = Long.MAX_VALUE;
        private Content.@Nullable Chunk failure;

        private Bounded(Request request) {
            super(request);
        }

        @Override
        public Content.@Nullable Chunk read() {
            if (failure != null) {
                return failure;
            }
            if (!begun) {
                begun = true;
                end = System.nanoTime() + mostNanos;
            }
            Content.Chunk read = super.read();
            if (read == null) {
                return null;
            }
            if (Content.Chunk.isFailure(read)) {
                return broken(read.getFailure());
            }
            rest -= read.remaining();
            if (!read.isLast() && (System.nanoTime() - end > 0 || rest < 0)) {
                read.release();
                return broken(new TimeoutException("the body did not come in time"));
            }
            return read;
        }

        private Content.Chunk broken(Throwable cause) {
            Content.Chunk broken = Content.Chunk.from(new BrokenBodyException(cause), true);
            failure = broken;
            return broken;
        }

        /**
         * Keeps Jetty from giving up the connection before it answers, which it does if more of the body is to come.
         */
        @Override
        public boolean consumeAvailable() {
            return false;
        }

        /** Reads the rest of the body, after the answer has been sent. */
        private void readRest(Callback then) {
            if (getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString())) {
                then.succeeded();
                return;
            }
            rest = mostRestBytes;
            Content.Source.consumeAll(this, then);
        }
    }
}
