package io.pawline.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a server. The first ones are cut as soon as the server begins to answer: the request has
 * been processed, and the client never learns of it.
 */
final class LossyProxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int server;
    private final AtomicInteger cuts;
    private final AtomicInteger made = new AtomicInteger();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param server its port on this machine
     * @param cuts how many answers get lost
     */
    LossyProxy(int server, int cuts) throws IOException {
        this.server = server;
        this.cuts = new AtomicInteger(cuts);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** The number of answers that got lost. */
    int cutsMade() {
        return made.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(client);
                open.add(upstream);
                threads.execute(() -> pass(client, upstream, false));
                threads.execute(() -> pass(upstream, client, true));
            }
        } catch (IOException closed) {
            // The test is over
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        try (from;
                to) {
            InputStream bytes = from.getInputStream();
            byte[] some = new byte[8_192];
            for (int count = bytes.read(some); count >= 0; count = bytes.read(some)) {
                if (answers && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    made.incrementAndGet();
                    return;
                }
                to.getOutputStream().write(some, 0, count);
            }
        } catch (IOException closed) {
            // By the other direction, or by one of the two sides
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.close();
    }
}
