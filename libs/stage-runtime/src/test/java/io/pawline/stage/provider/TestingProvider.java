package io.pawline.stage.provider;

import io.pawline.stage.CallWork;
import io.pawline.stage.provider.EndedCall.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Simulates a provider and its clients in virtual time. So many calls at once are worked on, those beyond wait, those
 * beyond the hard limit are refused. A call that its client gave up on is worked on all the same. Times are in seconds.
 */
final class TestingProvider {

    private static final double REFUSED_AFTER = 0.05;

    private record Event(double at, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingLong(Event::order));
    private final Random random;
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final List<Client> clients = new ArrayList<>();
    private int working;
    private long order;
    private double now;
    private double counted;
    private double possible;
    private double used;
    private double filled;
    private int mostFilled;

    int capacity = Integer.MAX_VALUE;
    int hardLimit = Integer.MAX_VALUE;
    double timeout = 1_000;
    double shareOfFailures;
    double shareOfHangs;
    double shareOfStrayRefusals;

    /** Calls of another kind, which take so many times as long. */
    double shareOfPhotos;

    double photosTake = 1;
    ToDoubleFunction<Random> service = logNormal(1, 0.3);

    TestingProvider(long seed) {
        random = new Random(seed);
    }

    static ToDoubleFunction<Random> logNormal(double median, double spread) {
        return random -> median * Math.exp(spread * random.nextGaussian());
    }

    /** Adds a client that always has work to do. */
    Client client(IntSupplier limit, Consumer<EndedCall> ended) {
        Client client = new Client(limit, ended);
        clients.add(client);
        schedule(0, client::fill);
        return client;
    }

    /** Adds a client with one thing to do every so often. */
    Client occasionalClient(AdaptiveLimit limit, double seconds) {
        Client client = new Client(() -> 0, limit::ended);
        clients.add(client);
        schedule(seconds, () -> startAgain(client, seconds));
        return client;
    }

    private void startAgain(Client client, double seconds) {
        client.start();
        schedule(seconds, () -> startAgain(client, seconds));
    }

    void at(double time, Runnable action) {
        schedule(time - now, action);
    }

    /** Lets so much time pass, with all that happens in it. */
    TestingProvider run(double seconds) {
        double end = now + seconds;
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event event = events.remove();
            advance(event.at());
            event.action().run();
        }
        advance(end);
        return this;
    }

    private void advance(double time) {
        if (capacity != Integer.MAX_VALUE) {
            possible += (time - now) * capacity;
            filled += (time - now) * (working + waiting.size());
        }
        now = time;
    }

    double now() {
        return now;
    }

    /** Counts what happened since the last call of this method. */
    Counts counts() {
        Counts all = new Counts();
        all.seconds = now - counted;
        all.use = used / possible;
        all.filled = filled / possible;
        all.mostFilled = mostFilled;
        clients.forEach(client -> {
            all.add(client.counts);
            client.counts = new Counts();
        });
        counted = now;
        used = 0;
        filled = 0;
        mostFilled = working + waiting.size();
        possible = 0;
        return all;
    }

    void schedule(double seconds, Runnable action) {
        events.add(new Event(now + seconds, order++, action));
    }

    private void enter(Call call) {
        if (working + waiting.size() >= hardLimit || random.nextDouble() < shareOfStrayRefusals) {
            schedule(REFUSED_AFTER, () -> call.end(Result.REFUSED));
            return;
        }
        waiting.add(call);
        mostFilled = Math.max(mostFilled, working + waiting.size());
        schedule(timeout, () -> call.end(Result.TIMED_OUT));
        admit();
    }

    private void admit() {
        while (working < capacity && !waiting.isEmpty()) {
            Call call = waiting.remove();
            working++;
            double seconds = service.applyAsDouble(random) * (call.photo ? photosTake : 1);
            boolean hangs = random.nextDouble() < shareOfHangs;
            Result result = random.nextDouble() < shareOfFailures ? Result.FAILED : Result.SUCCEEDED;
            schedule(seconds, () -> {
                working--;
                if (call.open) {
                    used += seconds;
                }
                if (!hangs) {
                    call.end(result);
                }
                admit();
            });
        }
    }

    /** Counts how many calls ended, and how. */
    static final class Counts {
        double seconds;
        double use;
        double filled;
        int mostFilled;
        int calls;
        int succeeded;
        int refused;
        int timedOut;

        private void add(Counts other) {
            calls += other.calls;
            succeeded += other.succeeded;
            refused += other.refused;
            timedOut += other.timedOut;
        }

        double succeededPerSecond() {
            return succeeded / seconds;
        }

        double shareTimedOut() {
            return (double) timedOut / calls;
        }

        double shareRefused() {
            return (double) refused / calls;
        }
    }

    /** Stands for one process that calls the provider. */
    final class Client {
        private final IntSupplier limit;
        private final Consumer<EndedCall> ended;
        private Counts counts = new Counts();
        private int inFlight;

        private Client(IntSupplier limit, Consumer<EndedCall> ended) {
            this.limit = limit;
            this.ended = ended;
        }

        int inFlight() {
            return inFlight;
        }

        /** Begins what may begin now. */
        void goOn() {
            fill();
        }

        int succeeded() {
            return counts.succeeded;
        }

        private void fill() {
            while (inFlight < limit.getAsInt()) {
                start();
            }
        }

        private void start() {
            inFlight++;
            enter(new Call(this));
        }
    }

    private final class Call {
        private final Client client;
        private final double start = now;
        private final int inFlight;
        private final boolean photo = shareOfPhotos > 0 && random.nextDouble() < shareOfPhotos;
        private boolean open = true;

        private Call(Client client) {
            this.client = client;
            inFlight = client.inFlight;
        }

        private void end(Result result) {
            if (!open) {
                return;
            }
            open = false;
            client.inFlight--;
            client.counts.calls++;
            switch (result) {
                case SUCCEEDED -> client.counts.succeeded++;
                case REFUSED, OVER_RATE -> client.counts.refused++;
                case TIMED_OUT -> client.counts.timedOut++;
                case FAILED -> {}
            }
            client.ended.accept(new EndedCall(
                    (long) (start * 1e9),
                    (long) (now * 1e9),
                    inFlight,
                    result,
                    CallWork.of(photo ? "photo" : "words")));
            client.fill();
        }
    }
}
