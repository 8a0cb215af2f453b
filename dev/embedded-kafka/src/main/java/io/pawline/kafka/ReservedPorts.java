package io.pawline.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * Hands Kafka the sockets of ports that were reserved before it started. Kafka has to be told its ports, and listens on
 * them some seconds later. If it met a port there that somebody has taken meanwhile, its controller would end the whole
 * process without a word, and its broker would never end. Thread-safe.
 */
final class ReservedPorts implements ServerSocketFactory, AutoCloseable {

    private static final int BACKLOG = 50;

    private final Map<Integer, ServerSocketChannel> reserved = new ConcurrentHashMap<>();

    /**
     * Listens on a port of 127.0.0.1 from now on.
     *
     * @param port to reserve; 0 for any free one
     * @return the port
     * @throws UncheckedIOException if somebody else listens on it, or none is free
     */
    int reserve(int port) {
        try {
            ServerSocketChannel socket = ServerSocketChannel.open();
            try {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
                int bound = ((InetSocketAddress) socket.getLocalAddress()).getPort();
                reserved.put(bound, socket);
                return bound;
            } catch (IOException taken) {
                socket.close();
                throw taken;
            }
        } catch (IOException taken) {
            throw new UncheckedIOException(
                    port == 0
                            ? "no free port on this machine"
                            : "Kafka cannot listen on 127.0.0.1:" + port + ", for another program does",
                    taken);
        }
    }

    @Override
    public ServerSocketChannel openServerSocket(
            String listener, InetSocketAddress address, int backlog, int receiveBuffer) throws IOException {
        ServerSocketChannel socket = reserved.remove(address.getPort());
        if (socket == null) {
            return INSTANCE.openServerSocket(listener, address, backlog, receiveBuffer);
        }
        socket.configureBlocking(false);
        return socket;
    }

    /** Lets go of the ports that Kafka has not taken. */
    @Override
    public void close() {
        for (ServerSocketChannel socket : reserved.values()) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a port cannot be let go of", e);
            }
        }
    }
}
