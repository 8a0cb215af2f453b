package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends {@link HostileRequests} to a service over raw sockets, and notes what it answers. */
public final class HostileClients {

    private static final int CLIENTS = 8;
    private static final int LONGEST_ANSWER_MS = 60_000;
    private static final int MOST_EXAMPLES = 5;

    /** A status line at the beginning, or after the end of another answer, as requests behind one another have them. */
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3})[ \r]");

    private static final Pattern TASK = Pattern.compile("\"task_id\":\"([0-9a-f-]{36})\"");

    /**
     * Holds what a service answered.
     *
     * @param statuses how often it answered with each status
     * @param silent requests that were closed without an answer, as half a request is
     * @param lost requests whose connection was reset before an answer was read; each may have been accepted
     * @param stuck requests that had no answer after a minute
     * @param accepted ids of the tasks that it accepted
     * @param failures some of the requests that it answered with 5xx or not in time, each with the answer
     */
    public record Result(
            Map<Integer, Integer> statuses,
            int silent,
            int lost,
            int stuck,
            Set<String> accepted,
            List<String> failures) {

        public Result {
            statuses = Map.copyOf(statuses);
            accepted = Set.copyOf(accepted);
            failures = List.copyOf(failures);
        }

        /** How often the service failed. */
        public int serverErrors() {
            return statuses.entrySet().stream()
                    .filter(status -> status.getKey() >= 500)
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    }

    private final int port;
    private final AtomicInteger left;
    private final AtomicInteger silent = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger stuck = new AtomicInteger();
    private final Map<Integer, Integer> statuses = Collections.synchronizedMap(new TreeMap<>());
    private final Set<String> accepted = Collections.synchronizedSet(new TreeSet<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    private HostileClients(int port, int requests) {
        this.port = port;
        this.left = new AtomicInteger(requests);
    }

    /**
     * Sends so many requests from several clients at once.
     *
     * @param requests makes the requests of a client by a seed
     * @throws ExecutionException if the service cannot be reached
     */
    public static Result send(int port, int count, long seed, LongFunction<HostileRequests> requests)
            throws ExecutionException, InterruptedException {
        HostileClients clients = new HostileClients(port, count);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                HostileRequests own = requests.apply(seed + client);
                running.add(threads.submit(() -> {
                    clients.send(own);
                    return null;
                }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
        return new Result(
                clients.statuses,
                clients.silent.get(),
                clients.lost.get(),
                clients.stuck.get(),
                clients.accepted,
                clients.failures);
    }

    private void send(HostileRequests requests) throws IOException {
        while (left.getAndDecrement() > 0) {
            byte[] request = requests.next();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(LONGEST_ANSWER_MS);
                note(request, answers(socket, request));
            } catch (SocketTimeoutException e) {
                stuck.incrementAndGet();
                example(request, "no answer");
            }
        }
    }

    /** All that comes until the service closes the connection, which it may do before it has read the whole request. */
    private String answers(Socket socket, byte[] request) throws IOException {
        StringBuilder answers = new StringBuilder();
        byte[] piece = new byte[8192];
        try {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
        } catch (IOException closed) {
            // What it has answered before can still be read
        }
        try {
            for (int read = socket.getInputStream().read(piece);
                    read >= 0;
                    read = socket.getInputStream().read(piece)) {
                answers.append(new String(piece, 0, read, ISO_8859_1));
            }
        } catch (SocketTimeoutException late) {
            throw late;
        } catch (IOException reset) {
            // Closed while bytes of the request were on their way, which takes the answer along at times
            if (answers.isEmpty()) {
                lost.incrementAndGet();
            }
        }
        return answers.toString();
    }

    private void note(byte[] request, String answers) {
        Matcher status = STATUS.matcher(answers);
        if (!status.lookingAt()) {
            silent.incrementAndGet();
            return;
        }
        status.reset();
        while (status.find()) {
            int code = Integer.parseInt(status.group(1));
            statuses.merge(code, 1, Integer::sum);
            if (code >= 500) {
                example(request, answers);
            }
        }
        TASK.matcher(answers).results().forEach(task -> accepted.add(task.group(1)));
    }

    private void example(byte[] request, String answer) {
        if (failures.size() < MOST_EXAMPLES) {
            failures.add(new String(request, ISO_8859_1) + "\n-> " + answer);
        }
    }
}
