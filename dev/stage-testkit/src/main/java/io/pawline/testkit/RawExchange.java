package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;

/** Sends requests that no HTTP client would send. */
public final class RawExchange {

    private static final int LONGEST_ANSWER_MS = 60_000;

    private RawExchange() {}

    /**
     * Sends these bytes to a port of this machine, and returns all that comes until the service closes the connection.
     *
     * @throws UncheckedIOException if the connection breaks, or is still open after a minute
     */
    public static String send(int port, byte[] request) {
        return send(port, request, false);
    }

    /** Sends these bytes as {@link #send(int, byte[])} does, and then says that no more will come. */
    public static String sendHalf(int port, byte[] request) {
        return send(port, request, true);
    }

    /** Sends these bytes, waits until the service begins to answer, and goes on as {@link #send(int, byte[])} does. */
    public static String sendWithPause(int port, byte[] beforeAnswer, byte[] afterwards) {
        try (Socket socket = open(port)) {
            socket.getOutputStream().write(beforeAnswer);
            int first = socket.getInputStream().read();
            socket.getOutputStream().write(afterwards);
            return (char) first + new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String send(int port, byte[] request, boolean half) {
        try (Socket socket = open(port)) {
            socket.getOutputStream().write(request);
            if (half) {
                socket.shutdownOutput();
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Socket open(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LONGEST_ANSWER_MS);
        return socket;
    }
}
