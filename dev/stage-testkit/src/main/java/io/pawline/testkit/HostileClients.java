package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Sends {@link HostileRequests} to a service over raw sockets, and notes what it answers. */
public final class HostileClients {

    private static final int CLIENTS = 8;
    private static final int LONGEST_ANSWER_MS = 60_000;
    private static final int MOST_EXAMPLES = 5;

    /** A status line at the beginning, or after the end of another answer, as requests behind one another have them. */
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3})[ \r]");

    private static final Pattern MADE = Pattern.compile("\"(task|batch|upload)_id\":\"([0-9a-f-]{36})\"");

    /** How the type of each problem begins. */
    private static final String PROBLEM = "\"urn:pawline:problem:";

    /** What {@link HostileRequests} marks its bodies with. */
    private static final Pattern MARK = Pattern.compile("hx[0-9a-f]{16}-[0-9]+-x");

    /**
     * Holds what a service answered.
     *
     * @param statuses how often it answered with each status
     * @param silent requests that were closed without an answer, as half a request is
     * @param stuck requests that had no answer after a minute
     * @param made ids of what it says that it made, by {@code task}, {@code batch} and {@code upload}
     * @param done marks of the requests that it says it did
     * @param cut marks of the requests whose connection ended before an answer was read, or was reset amid a good one;
     *     each may have been done
     * @param ends how each request ended, by its mark
     * @param failures some of the requests that it answered with 5xx, not in time, or with 4xx and no problem, each with
     *     the answer
     */
    public record Result(
            Map<Integer, Integer> statuses,
            int silent,
            int stuck,
            Map<String, Set<String>> made,
            Set<String> done,
            Set<String> cut,
            Map<String, String> ends,
            List<String> failures) {

        public Result {
            statuses = Map.copyOf(statuses);
            made = Map.copyOf(made);
            done = Set.copyOf(done);
            cut = Set.copyOf(cut);
            ends = Map.copyOf(ends);
            failures = List.copyOf(failures);
        }

        /** The ids of what it says that it made of this kind. */
        public Set<String> made(String kind) {
            return made.getOrDefault(kind, Set.of());
        }

        /**
         * Finds what the service kept and should not have: what it says of no request that it made it, and what is of no
         * request that was cut off.
         *
         * @param kept the texts of what it kept, by ids
         */
        public List<String> unexplained(String kind, Map<String, String> kept) {
            return kept.entrySet().stream()
                    .filter(each -> !made(kind).contains(each.getKey()) && !hasMarkOf(each.getValue(), cut))
                    .map(each -> "%s %s: %s".formatted(kind, each.getKey(), withEnds(each.getValue())))
                    .toList();
        }

        /** Finds what the service kept though it says of no request that it did it, and none was cut off. */
        public List<String> unexplained(List<String> kept) {
            return kept.stream()
                    .filter(each -> !hasMarkOf(each, done) && !hasMarkOf(each, cut))
                    .map(this::withEnds)
                    .toList();
        }

        /** What was kept, and how the requests ended whose marks it has. */
        private String withEnds(String kept) {
            return MARK.matcher(kept)
                    .results()
                    .map(MatchResult::group)
                    .distinct()
                    .map(mark -> ends.getOrDefault(mark, "no request had the mark " + mark))
                    .collect(Collectors.joining("\n", kept + "\n", ""));
        }

        private static boolean hasMarkOf(String kept, Set<String> marks) {
            return MARK.matcher(kept).results().map(MatchResult::group).anyMatch(marks::contains);
        }

        /** How often the service failed. */
        public int serverErrors() {
            return statuses.entrySet().stream()
                    .filter(status -> status.getKey() >= 500)
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    }

    /**
     * All that came over one connection.
     *
     * @param reset whether it ended before the service closed it in order
     */
    private record Answers(String text, boolean reset) {}

    private final int port;
    private final AtomicInteger left;
    private final AtomicInteger silent = new AtomicInteger();
    private final AtomicInteger stuck = new AtomicInteger();
    private final Map<Integer, Integer> statuses = Collections.synchronizedMap(new TreeMap<>());
    private final Map<String, Set<String>> made = new ConcurrentHashMap<>();
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final Set<String> cut = ConcurrentHashMap.newKeySet();
    private final Map<String, String> ends = new ConcurrentHashMap<>();
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
                clients.stuck.get(),
                clients.made,
                clients.done,
                clients.cut,
                clients.ends,
                clients.failures);
    }

    private void send(HostileRequests requests) throws IOException {
        while (left.getAndDecrement() > 0) {
            HostileRequests.Request request = requests.next();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(LONGEST_ANSWER_MS);
                note(request, answers(socket, request.bytes()));
            } catch (SocketTimeoutException e) {
                stuck.incrementAndGet();
                example(request, "no answer");
            }
        }
    }

    /** All that comes until the service closes the connection, which it may do before it has read the whole request. */
    private Answers answers(Socket socket, byte[] request) throws IOException {
        StringBuilder answers = new StringBuilder();
        boolean reset = false;
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
        } catch (IOException broken) {
            // Closed while bytes of the request were on their way, which takes the answer along at times
            reset = true;
        }
        return new Answers(answers.toString(), reset);
    }

    private void note(HostileRequests.Request request, Answers answers) {
        int[] codes = STATUS.matcher(answers.text())
                .results()
                .mapToInt(status -> Integer.parseInt(status.group(1)))
                .toArray();
        boolean begun = STATUS.matcher(answers.text()).lookingAt();
        // 100 asks for the body, and is no answer yet
        boolean answered = begun && Arrays.stream(codes).anyMatch(code -> code >= 200);
        boolean good = begun && Arrays.stream(codes).anyMatch(code -> code / 100 == 2);
        if (!answered || (good && answers.reset())) {
            cut.add(request.mark());
        }
        ends.put(
                request.mark(),
                "%s -> %s, %s"
                        .formatted(
                                request.route(),
                                Arrays.toString(codes),
                                answers.reset() ? "reset" : "closed in order"));
        if (!answered) {
            silent.incrementAndGet();
            return;
        }
        for (int code : codes) {
            statuses.merge(code, 1, Integer::sum);
            if (code >= 500) {
                example(request, answers.text());
            }
        }
        if (codes.length == 1
                && codes[0] / 100 == 4
                && !answers.reset()
                && !answers.text().contains(PROBLEM)) {
            example(request, answers.text());
        }
        if (good) {
            done.add(request.mark());
        }
        // A list names what others made
        if (good && request.route().startsWith("POST ")) {
            MADE.matcher(answers.text())
                    .results()
                    .forEach(id -> made.computeIfAbsent(id.group(1), _ -> ConcurrentHashMap.newKeySet())
                            .add(id.group(2)));
        }
    }

    private void example(HostileRequests.Request request, String answer) {
        if (failures.size() < MOST_EXAMPLES) {
            failures.add(new String(request.bytes(), ISO_8859_1) + "\n-> " + answer);
        }
    }
}
