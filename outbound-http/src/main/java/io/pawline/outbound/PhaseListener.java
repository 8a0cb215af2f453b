package io.pawline.outbound;

import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;

/** Follows one call through its phases. */
final class PhaseListener extends EventListener {

    private volatile CallPhase phase = CallPhase.CONNECT;

    CallPhase phase() {
        return phase;
    }

    @Override
    public void requestHeadersStart(Call call) {
        phase = CallPhase.SEND;
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

    /** Not {@code responseHeadersStart}: OkHttp tells that one before the first byte is there. */
    @Override
    public void responseHeadersEnd(Call call, Response response) {
        phase = CallPhase.READ;
    }
}
