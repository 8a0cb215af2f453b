package io.pawline.taskstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Keeps a port of 127.0.0.1 for a server that listens on it seconds later. PostgreSQL takes no socket that was opened
 * for it, and the library that starts it believes whoever answers on the port. So the port lies below those that
 * systems choose by themselves and above those that other tests choose, and a locked file tells the other JVMs of this
 * build that it is taken.
 *
 * @param number of the port
 * @param file locked as long as it is open
 */
record TestingPort(int number, FileChannel file) implements AutoCloseable {

    private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"), "pawline-ports");

    /** Of this JVM: its own locks do not hold it up, and end when it opens and closes their files again. */
    private static final Set<Integer> KEPT = ConcurrentHashMap.newKeySet();

    /** Keeps a free port until it is closed, or the JVM ends. */
    static TestingPort any() {
        return first(ThreadLocalRandom.current().ints(30_000, 32_000).limit(1_000));
    }

    /**
     * Keeps the first of these that nobody listens on or keeps.
     *
     * @throws IllegalStateException if there is none
     */
    static TestingPort first(IntStream ports) {
        try {
            Files.createDirectories(FOLDER);
            for (int port : (Iterable<Integer>) ports.boxed()::iterator) {
                if (KEPT.add(port)) {
                    FileChannel file = FileChannel.open(
                            FOLDER.resolve(Integer.toString(port)),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = file.tryLock();
                    if (lock != null && isFree(port)) {
                        return new TestingPort(port, file);
                    }
                    new TestingPort(port, file).close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no port can be kept in " + FOLDER, e);
        }
        throw new IllegalStateException("no free port on this machine");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        KEPT.remove(number);
    }
}
