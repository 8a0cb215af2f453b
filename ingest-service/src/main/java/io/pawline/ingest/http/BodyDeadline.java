package io.pawline.ingest.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
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
 * Bounds the time that a body may take, though its client sends a byte now and then. Of a body that the service does not
 * care for it reads the rest, within bounds, since a client may see its answer only when it has sent everything. Below the
 * servlet API, so that it holds for forms, too, which Jetty reads by itself. Thread-safe.
 */
public final class BodyDeadline extends Handler.Wrapper {

    private final long mostNanos;
    private final long mostRestBytes;

    /**
     * Applies to all that follow.
     *
     * @param time that a client may take from its headers to the end of its body
     * @param mostRestBytes how much is read at most of what the service does not care for
     */
    public BodyDeadline(Duration time, long mostRestBytes) {
        this.mostNanos = time.toNanos();
        this.mostRestBytes = mostRestBytes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields headers = request.getHeaders();
        boolean hasBody = headers.contains(HttpHeader.CONTENT_LENGTH) || headers.contains(HttpHeader.TRANSFER_ENCODING);
        return super.handle(hasBody ? new Bounded(request) : request, response, callback);
    }

    private final class Bounded extends Request.Wrapper {

        private final long end = System.nanoTime() + mostNanos;
        private volatile Content.@Nullable Chunk failure;

        private Bounded(Request request) {
            super(request);
        }

        @Override
        public Content.@Nullable Chunk read() {
            if (failure != null) {
                return failure;
            }
            Content.Chunk read = super.read();
            if (Content.Chunk.isFailure(read)) {
                return broken(read.getFailure());
            }
            if (read != null && !read.isLast() && System.nanoTime() - end > 0) {
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

        /** Called before the answer is sent, or its last part. */
        @Override
        public boolean consumeAvailable() {
            if (!getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString())) {
                readRest();
            }
            return super.consumeAvailable();
        }

        private void readRest() {
            long rest = mostRestBytes;
            while (rest >= 0) {
                Content.Chunk read = read();
                if (read == null) {
                    CountDownLatch more = new CountDownLatch(1);
                    demand(more::countDown);
                    try {
                        more.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                } else {
                    rest -= read.remaining();
                    read.release();
                    if (read.isLast()) {
                        return;
                    }
                }
            }
        }
    }
}
