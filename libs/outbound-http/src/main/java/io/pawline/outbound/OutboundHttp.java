package io.pawline.outbound;

import io.pawline.events.CallPhase;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls to the outside. Each is made exactly once, and no redirect is followed. A reused connection is looked at
 * before anything is sent, and the first call after a lost connection uses a fresh one. There is one exception: a call
 * through the guard (the fetch of an image, a callback) costs nothing and may arrive twice. It is sent again if an idle
 * connection turns out to be closed, or to another address of the host. Thread-safe, for thousands of calls at once on
 * virtual threads. One instance keeps the connections of all its calls.
 */
public final class OutboundHttp {

    /** Most idle connections that are kept. Each call in flight uses one. */
    private static final int IDLE_CONNECTIONS = 1024;

    /** Stands for 408 where OkHttp looks at the status; no server's status has four digits. */
    private static final int HIDDEN_408 = 4080;

    private static final ChannelSocketFactory SOCKETS = new ChannelSocketFactory();

    private final OkHttpClient client;
    private final @Nullable AddressGuard guard;

    private OutboundHttp(OkHttpClient.Builder builder, @Nullable AddressGuard guard) {
        this.client = builder.build();
        this.guard = guard;
    }

    /** A client for addresses from the configuration, which are called wherever they are. */
    public static OutboundHttp create(OutboundProperties properties) {
        return create(properties.keepAlive());
    }

    /**
     * A client for addresses from the configuration, which are called wherever they are.
     *
     * @param keepAlive longest time that an idle connection is kept
     */
    public static OutboundHttp create(Duration keepAlive) {
        return new OutboundHttp(builder(new SystemDns(), keepAlive), null);
    }

    /**
     * A client for addresses from outside, which the guard checks. It uses no proxy, which would look up hosts by
     * itself.
     */
    public static OutboundHttp guarded(OutboundProperties properties) {
        return guarded(properties, AddressGuard.of(properties));
    }

    static OutboundHttp guarded(OutboundProperties properties, AddressGuard guard) {
        OkHttpClient.Builder builder =
                builder(guard, properties.keepAlive()).proxy(Proxy.NO_PROXY).retryOnConnectionFailure(true);
        return new OutboundHttp(builder, guard);
    }

    /**
     * Makes the call and reads the whole answer.
     *
     * @param limit an answer with a longer body counts as malformed
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Exchange exchange(Request request, Timeouts timeouts, DataLimit limit) throws InterruptedException {
        return exchange(request, timeouts, limit, BodyMemory.UNCOUNTED);
    }

    /**
     * Makes the call and reads the whole answer, once there is memory for it. Until then the answer stays in the
     * connection. The time of the call goes on meanwhile.
     *
     * @param limit an answer with a longer body counts as malformed
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Exchange exchange(Request request, Timeouts timeouts, DataLimit limit, BodyMemory memory)
            throws InterruptedException {
        Exchange exchange = make(request, timeouts, (call, _) -> answer(call, limit.bytes() + 1, memory));
        if (exchange instanceof Answered answered && answered.body().length > limit.bytes()) {
            return new Died(
                    Reason.MALFORMED_ANSWER,
                    CallPhase.READ,
                    "the answer of " + request.url().host() + " has more than " + limit.bytes() + " bytes");
        }
        return exchange;
    }

    /**
     * Makes the call and reads the answer, but only this many bytes of a longer body.
     *
     * @throws NoMemoryException if there is no memory for the body now; the call is given up
     */
    Exchange exchangeUpTo(long bytes, Request request, Timeouts timeouts, BodyMemory memory)
            throws InterruptedException {
        BodyMemory withoutWait = new BodyMemory(memory.now(), needed -> {
            if (!memory.now().test(needed)) {
                throw new NoMemoryException(needed);
            }
        });
        return make(request, timeouts, (call, _) -> answer(call, bytes, withoutWait));
    }

    /** Says that the memory for a body was not there at once. */
    static final class NoMemoryException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final long bytes;

        NoMemoryException(long bytes) {
            super("no memory for a body of %d bytes now".formatted(bytes), null, false, false);
            this.bytes = bytes;
        }

        /** Returns how many bytes were asked for. */
        long bytes() {
            return bytes;
        }
    }

    private Exchange make(Request request, Timeouts timeouts, Reading reading) throws InterruptedException {
        String host = request.url().host();
        Optional<String> objection = guard == null ? Optional.empty() : guard.objection(request.url());
        if (objection.isPresent()) {
            return new Died(Reason.ADDRESS_REFUSED, CallPhase.CONNECT, host + " is not called: " + objection.get());
        }
        while (true) {
            try {
                return makeOnce(host, request, timeouts, reading);
            } catch (IdleConnection.ClosedException nothingSent) {
                // The others to this host are as old; OkHttp can only drop those to all hosts
                client.connectionPool().evictAll();
            }
        }
    }

    private Exchange makeOnce(String host, Request request, Timeouts timeouts, Reading reading)
            throws InterruptedException, IdleConnection.ClosedException {
        CallWatch watch = new CallWatch(timeouts.connect());
        Call call = client.newCall(request.newBuilder()
                .tag(Timeouts.class, timeouts)
                .tag(CallWatch.class, watch)
                .build());
        call.timeout().timeout(timeouts.call().toMillis(), TimeUnit.MILLISECONDS);
        call.addEventListener(watch);
        try {
            return ScopedValue.where(SystemDns.PATIENCE, timeouts.endingSooner())
                    .call(() -> reading.read(call, watch));
        } catch (IdleConnection.ClosedException nothingSent) {
            throw nothingSent;
        } catch (IOException failure) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException("interrupted during a call to " + host);
                interrupted.initCause(failure);
                throw interrupted;
            }
            Died died = watch.handshakeTimedOut()
                    ? TransportFailure.timedOut(host, CallPhase.CONNECT)
                    : TransportFailure.classify(host, watch.phase(), failure);
            if (died.reason() == Reason.CONNECTION_LOST) {
                // What broke this connection may have broken the idle ones, and the next try must not find that out
                client.connectionPool().evictAll();
            }
            return died;
        }
    }

    /**
     * Makes the call and judges it by the answer's status and headers alone. The body is left unread, and whatever is
     * wrong with it does not matter: {@link Answered#body()} is empty.
     *
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Exchange exchangeHeaders(Request request, Timeouts timeouts) throws InterruptedException {
        Request identity =
                request.newBuilder().header("Accept-Encoding", "identity").build();
        return make(identity, timeouts, (call, watch) -> {
            try (Response response = call.execute()) {
                return new Answered(response.code(), response.headers(), new byte[0]);
            } catch (ProtocolException contradiction) {
                // Such as a 204 that announces a body: thrown when the headers are there
                Response response = watch.response();
                if (response == null) {
                    throw contradiction;
                }
                return new Answered(response.code(), response.headers(), new byte[0]);
            }
        });
    }

    /** Makes of a call whose request is sent what is returned. */
    private interface Reading {
        Answered read(Call call, CallWatch watch) throws IOException;
    }

    private static Answered answer(Call call, long most, BodyMemory memory) throws IOException {
        try (Response response = call.execute()) {
            BufferedSource source = response.body().source();
            long length = response.body().contentLength();
            boolean known = length >= 0;
            long expected = known ? Math.min(length, most) : most;
            take(memory, known ? expected : 2 * expected);
            byte[] body = known ? read(source, Math.toIntExact(expected)) : readUpTo(source, expected);
            return new Answered(response.code(), response.headers(), body);
        }
    }

    private static void take(BodyMemory memory, long bytes) throws IOException {
        try {
            memory.waiting().take(bytes);
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for memory");
        }
    }

    /** Reads so many bytes into nothing but their array, or fewer if the body ends before. */
    private static byte[] read(BufferedSource source, int length) throws IOException {
        byte[] body = new byte[length];
        int end = 0;
        while (end < length) {
            int count = source.read(body, end, length - end);
            if (count == -1) {
                return Arrays.copyOf(body, end);
            }
            end += count;
        }
        return body;
    }

    private static byte[] readUpTo(BufferedSource source, long most) throws IOException {
        Buffer body = new Buffer();
        while (body.size() < most && source.read(body, most - body.size()) != -1) {
            // read until the end or the limit
        }
        return body.readByteArray();
    }

    private static OkHttpClient.Builder builder(Dns dns, Duration keepAlive) {
        ConnectionPool pool = new ConnectionPool(IDLE_CONNECTIONS, keepAlive.toMillis(), TimeUnit.MILLISECONDS);
        return new OkHttpClient.Builder()
                .dns(dns)
                .socketFactory(SOCKETS)
                // One connection has one call: an interrupt closes the socket, and a lost connection loses one paid
                // call, not all calls that HTTP/2 would have put on it
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionPool(pool)
                // Nobody knows whether a call that died on a reused connection was received and charged
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                // Racing addresses would use two threads of OkHttp for each call
                .fastFallback(false)
                // Each call has a deadline of its own
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .addInterceptor(OutboundHttp::limitConnecting)
                .addInterceptor(OutboundHttp::restoreStatus)
                .addNetworkInterceptor(OutboundHttp::refuseClosedConnection)
                .addNetworkInterceptor(OutboundHttp::forbidRepetition);
    }

    private static Response limitConnecting(Interceptor.Chain chain) throws IOException {
        Timeouts timeouts = chain.request().tag(Timeouts.class);
        if (timeouts == null) {
            return chain.proceed(chain.request());
        }
        int millis =
                Math.toIntExact(Math.min(Integer.MAX_VALUE, timeouts.connect().toMillis()));
        return chain.withConnectTimeout(millis, TimeUnit.MILLISECONDS).proceed(chain.request());
    }

    /**
     * Ends a call before anything is sent, if its connection was closed while it was idle. OkHttp itself looks only at
     * those that were idle for ten seconds.
     */
    private static Response refuseClosedConnection(Interceptor.Chain chain) throws IOException {
        CallWatch watch = chain.request().tag(CallWatch.class);
        Connection connection = chain.connection();
        if (watch != null
                && connection != null
                && watch.reusesConnection()
                && IdleConnection.isClosed(connection.socket())) {
            throw new IdleConnection.ClosedException();
        }
        return chain.proceed(chain.request());
    }

    /**
     * Hides from OkHttp the answers for which it repeats a call by itself: a 503 loses {@code Retry-After: 0}, and a
     * 408 gets a status that means nothing to it, until {@link #restoreStatus}.
     */
    private static Response forbidRepetition(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (response.code() == 408) {
            return response.newBuilder().code(HIDDEN_408).build();
        }
        String retryAfter = response.header("Retry-After");
        return response.code() == 503 && retryAfter != null && retryAfter.matches("0+")
                ? response.newBuilder().removeHeader("Retry-After").build()
                : response;
    }

    private static Response restoreStatus(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        return response.code() == HIDDEN_408 ? response.newBuilder().code(408).build() : response;
    }
}
