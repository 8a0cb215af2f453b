package io.pawline.outbound.webhook;

import io.pawline.outbound.CallFacts;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Posts each signed callback once, through the address guard. A receiver has taken it if it answers 2xx, whatever the
 * body of its answer. Thread-safe.
 */
public final class WebhookClient {

    private static final String ID = "webhook-id";
    private static final String TIMESTAMP = "webhook-timestamp";
    private static final String SIGNATURE = "webhook-signature";

    /** The names of the headers by which a receiver verifies a callback. */
    public static final List<String> SIGNATURE_HEADERS = List.of(ID, TIMESTAMP, SIGNATURE);

    private static final MediaType JSON = MediaType.get("application/json");

    private final OutboundHttp http;
    private final Timeouts timeouts;
    private final RetryAfter retryAfter;
    private final Clock clock;

    /** @param http must be guarded, because the addresses come from outside */
    public WebhookClient(OutboundHttp http, WebhookProperties settings, Clock clock) {
        this.http = http;
        this.timeouts = new Timeouts(settings.connectTimeout(), settings.timeout());
        this.retryAfter = new RetryAfter(clock, settings.maxRetryAfter());
        this.clock = clock;
    }

    /**
     * Says what came of a call.
     *
     * @param report the facts of the call; a {@code Retry-After} in it holds for all calls to the receiver
     */
    public record Posted(ReceiverReply reply, CallReport report) {}

    /**
     * Sends one callback.
     *
     * @param signer signs with the secrets of the callback's tenant
     * @param id name of the callback, the same for each attempt
     * @param traceParent place of the call in a trace, so that the receiver's work is part of it
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Posted post(URI callback, WebhookSigner signer, String id, byte[] body, Optional<String> traceParent)
            throws InterruptedException {
        HttpUrl url = HttpUrl.get(callback);
        if (url == null) {
            String detail = "The callback's address is not an http or https URL.";
            return posted(new ReceiverReply.Refused(Reason.ADDRESS_REFUSED, detail, null), CallFacts.NOTHING_SENT);
        }
        Instant now = clock.instant();
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("User-Agent", "Pawline")
                .header(ID, id)
                .header(TIMESTAMP, Long.toString(now.getEpochSecond()))
                .header(SIGNATURE, signer.sign(id, now, body))
                .post(RequestBody.create(body, JSON));
        traceParent.ifPresent(here -> request.header(RecordHeaders.TRACEPARENT, here));
        Exchange exchange = http.exchangeHeaders(request.build(), timeouts);
        ReceiverReply receiverReply = switch (exchange) {
            case Exchange.Answered answered -> reply(url.host(), answered);
            case Exchange.Died died -> new ReceiverReply.Refused(died.reason(), died.detail(), null);
        };
        return posted(receiverReply, exchange.facts());
    }

    private static Posted posted(ReceiverReply receiverReply, CallFacts facts) {
        return new Posted(
                receiverReply,
                facts.withNotBefore(receiverReply.notBeforeIfAny()).report(receiverReply.failure()));
    }

    private ReceiverReply reply(String host, Exchange.Answered answered) {
        int status = answered.status();
        if (status >= 200 && status < 300) {
            return new ReceiverReply.Taken();
        }
        String detail = "The callback's receiver %s answered %d.".formatted(host, status);
        if (status >= 300 && status < 400) {
            return new ReceiverReply.Refused(Reason.CALLBACK_REFUSED, detail + " Redirects are not followed.", null);
        }
        return new ReceiverReply.Refused(
                reason(status), detail, retryAfter.notBefore(answered.headers()).orElse(null));
    }

    private static Reason reason(int status) {
        return switch (status) {
            case 410 -> Reason.CALLBACK_GONE;
            case 429 -> Reason.RATE_LIMITED;
            case 502, 503, 504 -> Reason.OVERLOADED;
            default -> Reason.CALLBACK_REFUSED;
        };
    }
}
