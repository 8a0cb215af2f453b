package io.pawline.client;

import io.pawline.client.ServerSentEvents.Event;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection to the events of a task. For one thread. */
final class EventConnection implements AutoCloseable {

    /** What the connection brings: bytes, or its end with or without a failure. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte @Nullable [] bytes, @Nullable Throwable failure) {}

    private final int status;
    private final boolean events;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private final ServerSentEvents parser = new ServerSentEvents();
    private final Deque<Event> complete = new ArrayDeque<>();

    private EventConnection(HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer) {
        this.status = answer.statusCode();
        this.events = answer.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith("text/event-stream"))
                .isPresent();
        answer.body().subscribe(new Receiver());
    }

    /**
     * Opens a connection.
     *
     * @param atMost how long the head of the answer may take
     * @throws IOException if no answer came
     */
    static EventConnection open(HttpCalls calls, ApiCall call, Duration atMost)
            throws IOException, InterruptedException {
        return new EventConnection(calls.answer(calls.request(call), BodyHandlers.ofPublisher(), atMost));
    }

    /** Returns whether the answer is a stream of events. */
    boolean isStream() {
        return status == 200 && events;
    }

    /**
     * Waits for the next event; empty when the stream has ended.
     *
     * @param silence how long nothing at all may come
     * @throws IOException if the connection broke, or was silent for longer
     */
    Optional<Event> next(Duration silence) throws IOException, InterruptedException {
        while (complete.isEmpty()) {
            Piece piece = pieces.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
            if (piece == null) {
                throw new IOException("nothing came within " + silence.toMillis() + " ms");
            }
            if (piece.failure() != null) {
                throw new IOException("the stream broke", piece.failure());
            }
            if (piece.bytes() == null) {
                return Optional.empty();
            }
            complete.addAll(parser.take(piece.bytes()));
        }
        return Optional.of(complete.remove());
    }

    @Override
    public void close() {
        Flow.Subscription open = subscription.get();
        if (open != null) {
            open.cancel();
        }
    }

    private final class Receiver implements Flow.Subscriber<List<ByteBuffer>> {

        @Override
        public void onSubscribe(Flow.Subscription opened) {
            subscription.set(opened);
            opened.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                pieces.add(new Piece(bytes, null));
            }
        }

        @Override
        public void onError(Throwable failure) {
            pieces.add(new Piece(null, failure));
        }

        @Override
        public void onComplete() {
            pieces.add(new Piece(null, null));
        }
    }
}
