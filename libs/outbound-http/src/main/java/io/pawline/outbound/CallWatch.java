package io.pawline.outbound;

import io.pawline.events.CallPhase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/** Follows one call through its phases, and limits its TLS handshake. OkHttp's connect time-out does not cover that. */
final class CallWatch extends EventListener {

    private final HandshakeTimeout handshake;
    private volatile boolean connected;
    private volatile CallPhase phase = CallPhase.CONNECT;
    private volatile @Nullable Response response;

    CallWatch(Duration handshakeLimit) {
        this.handshake = new HandshakeTimeout();
        handshake.timeout(handshakeLimit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the call uses a connection that was made for an earlier one. */
    boolean reusesConnection() {
        return !connected;
    }

    CallPhase phase() {
        return phase;
    }

    /** The answer to the newest request, once its headers are there; its body must not be read. */
    @Nullable
    Response response() {
        return response;
    }

    /** Whether the call was cancelled because the TLS handshake took too long. */
    boolean handshakeTimedOut() {
        return handshake.timedOut;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connected = true;
    }

    @Override
    public void secureConnectStart(Call call) {
        handshake.call = call;
        handshake.enter();
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake done) {
        handshake.exit();
    }

    @Override
    public void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol, IOException failure) {
        handshake.exit();
    }

    @Override
    public void requestHeadersStart(Call call) {
        phase = CallPhase.SEND;
        response = null;
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        if (request.body() == null) {
            phase = CallPhase.WAIT;
        }
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        phase = CallPhase.WAIT;
    }

    /**
     * Sets the phase. {@code responseHeadersStart} would be too early, because OkHttp calls it before the first byte.
     */
    @Override
    public void responseHeadersEnd(Call call, Response answer) {
        phase = CallPhase.READ;
        response = answer;
    }

    private static final class HandshakeTimeout extends AsyncTimeout {

        private volatile @Nullable Call call;
        private volatile boolean timedOut;

        @Override
        protected void timedOut() {
            timedOut = true;
            Call late = call;
            if (late != null) {
                late.cancel();
            }
        }
    }
}
