package io.pawline.outbound;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSocket;

/** Looks whether the other side has closed a connection while it was idle. */
final class IdleConnection {

    /** So long a look waits for a sign of the other side if it is one through TLS. What has arrived is seen at once. */
    private static final int LOOK_MILLIS = 1;

    private IdleConnection() {}

    /** Says that nothing was sent, because the connection was closed while it was idle. */
    static final class ClosedException extends IOException {

        private static final long serialVersionUID = 1L;

        ClosedException() {
            super("the connection was closed while it was idle");
        }
    }

    /**
     * Says whether the connection is of no more use: closed, reset, or with bytes that answer nothing. It must not
     * have a request under way.
     */
    static boolean isClosed(Socket socket) {
        SocketChannel channel = socket.getChannel();
        // The bytes of a channel below TLS are records, which only TLS itself may read
        if (channel == null || socket instanceof SSLSocket) {
            return saysSomethingSoon(socket);
        }
        return hasSaidSomething(channel);
    }

    private static boolean hasSaidSomething(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException reset) {
            return true;
        }
    }

    private static boolean saysSomethingSoon(Socket socket) {
        try {
            int timeout = socket.getSoTimeout();
            try {
                socket.setSoTimeout(LOOK_MILLIS);
                var _ = socket.getInputStream().read();
                return true;
            } finally {
                socket.setSoTimeout(timeout);
            }
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
