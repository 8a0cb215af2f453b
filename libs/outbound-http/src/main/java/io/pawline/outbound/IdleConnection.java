package io.pawline.outbound;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Looks whether the other side has closed a connection while it was idle. */
final class IdleConnection {

    /** So long a look waits for a sign of the other side. What has arrived is seen at once. */
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
