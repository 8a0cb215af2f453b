package io.pawline.outbound.visual;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.ProviderStatus;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualAnswer.CutOut;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * Cuts the background out of a picture by a service that speaks {@code pawline-matting}: the body of the request is the
 * picture, and the body of the answer is the cut-out as a PNG. Each call is made once. Thread-safe.
 */
public final class PawlineMattingClient {

    private static final MediaType BYTES = MediaType.get("application/octet-stream");

    private final OutboundHttp http;
    private final HttpUrl url;
    private final Timeouts timeouts;
    private final DataLimit answerLimit;
    private final RetryAfter retryAfter;
    private final Clock clock;

    /**
     * @param baseUrl address of the service, without the path of a single call
     * @param answerLimit most bytes of a cut-out
     */
    public PawlineMattingClient(
            OutboundHttp http, HttpUrl baseUrl, Timeouts timeouts, DataLimit answerLimit, Clock clock) {
        this.http = Objects.requireNonNull(http, "http");
        this.url = baseUrl.newBuilder().addPathSegments("v1/cut-out").build();
        this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
        this.answerLimit = Objects.requireNonNull(answerLimit, "answerLimit");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.retryAfter = new RetryAfter(clock);
    }

    /**
     * Asks for the picture without its background.
     *
     * @param picture the file, not copied
     * @param deadline moment at which the call ends; it has one second at least
     * @param memory for the answer
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public VisualCall cutOut(byte[] picture, Instant deadline, BodyMemory memory) throws InterruptedException {
        Request request = new Request.Builder()
                .url(url)
                .header("Accept", "image/png, application/problem+json")
                .header("User-Agent", "pawline")
                .post(RequestBody.create(picture, BYTES))
                .build();
        Exchange exchange = http.exchange(request, timeouts.endingBy(deadline, clock.instant()), answerLimit, memory);
        return switch (exchange) {
            case Died died -> failed(died.reason(), died.detail(), died.facts());
            case Answered answered -> read(answered);
        };
    }

    private VisualCall read(Answered answered) {
        CallFacts facts = answered.facts().withNotBefore(retryAfter.notBefore(answered.headers()));
        if (answered.status() != 200) {
            return failed(reason(answered.status()), "the matting service answered " + answered.status(), facts);
        }
        return ImageSniffer.sniff(answered.body())
                .filter(header -> header.kind() == ImageKind.PNG)
                .map(_ -> new VisualCall(new CutOut(answered.body()), facts.report(Optional.empty())))
                .orElseGet(() -> failed(
                        Reason.INCONSISTENT_RESULT, "the matting service answered with a file that is no PNG", facts));
    }

    private static Reason reason(int status) {
        return switch (status) {
            // Full, or without memory now
            case 429, 503 -> Reason.OVERLOADED;
            // The size is that of all pictures, for it is a setting of the stage before
            case 413 -> Reason.CONFIGURATION;
            default -> ProviderStatus.reason(status);
        };
    }

    private static VisualCall failed(Reason reason, String detail, CallFacts facts) {
        return new VisualCall(new Failed(reason, detail, facts.notBefore()), facts.report(Optional.of(reason)));
    }
}
