package io.pawline.callback;

import io.opentelemetry.api.trace.Span;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.service.TraceParent;
import io.pawline.stage.OutsideCall.Answer;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Posts each signed callback once, through the address guard. A receiver has taken it if it answers 2xx, whatever the
 * body of its answer. Thread-safe.
 */
final class WebhookClient {

    private static final MediaType JSON = MediaType.get("application/json");

    private final OutboundHttp http;
    private final Timeouts timeouts;
    private final WebhookSigners signers;
    private final RetryAfter retryAfter;
    private final Clock clock;

    /** @param http must be guarded, because the addresses come from outside */
    WebhookClient(OutboundHttp http, CallbackProperties settings, Clock clock) {
        this.http = http;
        this.timeouts = new Timeouts(settings.connectTimeout(), settings.timeout());
        this.signers = settings.signers();
        this.retryAfter = new RetryAfter(clock, settings.maxRetryAfter());
        this.clock = clock;
    }

    /**
     * Sends one callback.
     *
     * @param tenant tenant whose secrets sign it
     * @param id name of the callback, the same for each attempt
     */
    Answer<ReceiverReply> post(URI callback, String tenant, String id, byte[] body) throws InterruptedException {
        HttpUrl url = HttpUrl.get(callback);
        if (url == null) {
            String detail = "The callback's address is not an http or https URL.";
            return answer(new ReceiverReply.Refused(Reason.ADDRESS_REFUSED, detail, null), CallFacts.NOTHING_SENT);
        }
        Instant now = clock.instant();
        Request.Builder request = new Request.Builder()
                .url(url)
                .header("User-Agent", "Pawline")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .header("webhook-signature", signers.of(tenant).sign(id, now, body))
                .post(RequestBody.create(body, JSON));
        // The receiver's work is then part of the task's trace
        TraceParent.of(Span.current()).ifPresent(here -> request.header(RecordHeaders.TRACEPARENT, here));
        Exchange exchange = http.exchangeHeaders(request.build(), timeouts);
        ReceiverReply receiverReply = switch (exchange) {
            case Exchange.Answered answered -> reply(url.host(), answered);
            case Exchange.Died died -> new ReceiverReply.Refused(died.reason(), died.detail(), null);
        };
        return answer(receiverReply, exchange.facts());
    }

    /** The answer with its report. A {@code Retry-After} in the report holds for all calls to the receiver. */
    private static Answer<ReceiverReply> answer(ReceiverReply receiverReply, CallFacts facts) {
        return new Answer<>(
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
