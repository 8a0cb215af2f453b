package io.pawline.ingest.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * HTTP/1.1 with an end to patience: a client whose request line and headers are not complete after some time is cut off,
 * though it sends a byte now and then. Tomcat by itself bounds only the pause between two bytes.
 */
public final class PatientProtocol extends Http11NioProtocol {

    private volatile long maxHeaderNanos = Duration.ofSeconds(60).toNanos();

    /** For Tomcat, which knows it by its class name. */
    public PatientProtocol() {
        super(new NioEndpoint());
        getEndpoint().setHandler(new Cutting(getHandler()));
    }

    /** How long a client may take for the headers of a request. */
    public void setMaxHeaderTime(Duration time) {
        maxHeaderNanos = time.toNanos();
    }

    /** Passes events on, and takes note of connections with half a request. */
    private final class Cutting implements Handler<NioChannel> {

        private final Handler<NioChannel> processing;
        private final Map<SocketWrapperBase<NioChannel>, Long> halfSince = new ConcurrentHashMap<>();

        private Cutting(Handler<NioChannel> processing) {
            this.processing = processing;
        }

        @Override
        public SocketState process(SocketWrapperBase<NioChannel> connection, SocketEvent event) {
            SocketState state = processing.process(connection, event);
            if (state != SocketState.LONG || !isInHeaders(connection)) {
                halfSince.remove(connection);
                return state;
            }
            long now = System.nanoTime();
            return now - halfSince.computeIfAbsent(connection, _ -> now) > maxHeaderNanos ? SocketState.CLOSED : state;
        }

        /** What is open, and is no request that waits for its task. Its state cannot change meanwhile: Tomcat locks it. */
        private static boolean isInHeaders(SocketWrapperBase<NioChannel> connection) {
            return connection.getCurrentProcessor() instanceof Processor processor && !processor.isAsync();
        }

        @Override
        public Object getGlobal() {
            return processing.getGlobal();
        }

        @Override
        public void release(SocketWrapperBase<NioChannel> connection) {
            halfSince.remove(connection);
            processing.release(connection);
        }

        @Override
        public void pause() {
            processing.pause();
        }

        @Override
        public void recycle() {
            processing.recycle();
        }
    }
}
