package io.pawline.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Holds the ports of a local stack, all on 127.0.0.1. The last of them is the matting model's.
 *
 * @param ingest of the front end's API
 * @param firstStage of detect-service; those of the other four stages follow
 * @param ops of the dead letters and the console
 */
public record Ports(int ingest, int firstStage, int kafka, int database, int registry, int simulator, int ops) {

    private static final int COUNT = 12;

    /**
     * Takes twelve ports from this one on, whether they are free or not.
     *
     * @throws IllegalArgumentException if one of them is out of range
     */
    public static Ports from(int base) {
        if (base < 1024 || base + COUNT > 65_536) {
            throw new IllegalArgumentException("--ports must lie between 1024 and 65524, was " + base);
        }
        return new Ports(base, base + 1, base + 6, base + 7, base + 8, base + 9, base + 10);
    }

    /**
     * Makes sure that all ports are free.
     *
     * @throws IllegalStateException if one is taken; the message names it
     */
    void requireFree() {
        for (int port = ingest; port < ingest + COUNT; port++) {
            if (!free(port)) {
                throw new IllegalStateException("port " + port
                        + " is taken: another stack may be running; stop it, or choose other ports with --ports");
            }
        }
    }

    /** Finds twelve neighbouring ports that are free now, below those that systems use for outgoing connections. */
    public static Ports anyFree() {
        return ThreadLocalRandom.current()
                .ints(10_000, 30_000)
                .limit(100)
                .filter(base -> IntStream.range(base, base + COUNT).allMatch(Ports::free))
                .mapToObj(Ports::from)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no twelve neighbouring free ports on this machine"));
    }

    /** The port of the stage with this place in the pipeline, 0 for the first. */
    public int stage(int place) {
        return firstStage + place;
    }

    /** The port of the matting model, if one runs beside the stack. */
    public int mattingModel() {
        return ops + 1;
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
