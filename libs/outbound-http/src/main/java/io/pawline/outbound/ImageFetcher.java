package io.pawline.outbound;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.Fetched.Image;
import io.pawline.outbound.Fetched.NotFetched;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.springframework.util.unit.DataSize;

/**
 * Fetches images from addresses that others gave. Every address goes through the address guard, redirects included. No
 * more bytes are read than allowed, and the first bytes have to be those of an image of an allowed size. Thread-safe.
 */
public final class ImageFetcher {

    private final OutboundHttp http;
    private final OutboundProperties properties;
    private final Clock clock;
    private final Tracer tracer;

    ImageFetcher(OutboundHttp guarded, OutboundProperties properties, Clock clock, OpenTelemetry telemetry) {
        this.http = Objects.requireNonNull(guarded, "guarded");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.tracer = telemetry.getTracer("io.pawline.outbound");
    }

    /**
     * A fetcher with these settings, behind the address guard.
     *
     * @param telemetry telemetry that makes each fetch a span of the task's trace
     */
    public static ImageFetcher create(OutboundProperties properties, OpenTelemetry telemetry) {
        return new ImageFetcher(OutboundHttp.guarded(properties), properties, Clock.systemUTC(), telemetry);
    }

    /**
     * Fetches within the configured time.
     *
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Fetched fetch(URI url) throws InterruptedException {
        return fetch(url, Instant.MAX);
    }

    /**
     * Fetches within the configured time and by the deadline, but with one second at least.
     *
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Fetched fetch(URI url, Instant deadline) throws InterruptedException {
        return fetch(url, deadline, BodyMemory.UNCOUNTED);
    }

    /**
     * Fetches within the configured time and by the deadline, but with one second at least. If there is no memory for the
     * image, the fetch is given up, waits for the memory, and is made again. So it does not take the other side's time.
     *
     * @param memory that the image takes, and which is to be given back with it
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Fetched fetch(URI url, Instant deadline, BodyMemory memory) throws InterruptedException {
        return traced(() -> image(within(
                memory, new Wanted(url, deadline, properties.maxImageSize(), "image/jpeg, image/png, image/webp"))));
    }

    /**
     * Downloads a file as {@link #fetch(URI, Instant, BodyMemory)} does. The caller looks at what it is.
     *
     * @param most bytes of the file
     * @param accept media types to ask for, as the header {@code Accept} has them
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public Download download(URI url, Instant deadline, DataSize most, String accept, BodyMemory memory)
            throws InterruptedException {
        return traced(() -> within(memory, new Wanted(url, deadline, most, accept)));
    }

    /** A file that somebody wants. */
    private record Wanted(URI url, Instant deadline, DataSize most, String accept) {}

    private interface Work<T> {
        T run() throws InterruptedException;
    }

    private <T> T traced(Work<T> work) throws InterruptedException {
        Span span =
                tracer.spanBuilder("fetch image").setSpanKind(SpanKind.CLIENT).startSpan();
        try {
            T result = work.run();
            describe(span, result);
            return result;
        } finally {
            span.end();
        }
    }

    private Download within(BodyMemory memory, Wanted wanted) throws InterruptedException {
        BodyMemory current = memory;
        while (true) {
            try {
                return downloadNow(wanted, current);
            } catch (OutboundHttp.NoMemoryException later) {
                memory.waiting().take(later.bytes());
                long held = later.bytes();
                current = new BodyMemory(bytes -> bytes <= held || memory.now().test(bytes), memory.waiting());
            }
        }
    }

    private static void describe(Span span, Object result) {
        switch (result) {
            case Image image -> span.setAttribute("http.response.body.size", image.bytes().length);
            case Download.File file -> span.setAttribute("http.response.body.size", file.bytes().length);
            case NotFetched failed -> {
                String failure = failed.failure().name().toLowerCase(Locale.ROOT);
                span.setAttribute("error.type", failure);
                span.setStatus(StatusCode.ERROR, failure);
            }
            default -> throw new IllegalArgumentException("no result of a fetch: " + result.getClass());
        }
    }

    private Download downloadNow(Wanted wanted, BodyMemory memory) throws InterruptedException {
        Optional<HttpUrl> address = AddressGuard.parse(wanted.url());
        if (address.isEmpty()) {
            return refused(AddressGuard.NO_HTTP);
        }
        Instant end = clock.instant().plus(properties.fetchTimeout());
        return follow(address.get(), wanted, wanted.deadline().isBefore(end) ? wanted.deadline() : end, memory);
    }

    private Download follow(HttpUrl first, Wanted wanted, Instant end, BodyMemory memory) throws InterruptedException {
        HttpUrl address = first;
        for (int redirects = 0; redirects <= properties.maxRedirects(); redirects++) {
            Exchange exchange = get(address, wanted, end, memory);
            if (!(exchange instanceof Answered answered) || !isRedirect(answered.status())) {
                return judge(address.host(), wanted.most().toBytes(), exchange);
            }
            String location = answered.headers().get("Location");
            HttpUrl next = location == null ? null : address.resolve(location);
            if (next == null) {
                return unreachable(false, address.host() + " redirects to no http or https address");
            }
            address = next;
        }
        return unreachable(false, first.host() + " redirects more than " + properties.maxRedirects() + " times");
    }

    private Exchange get(HttpUrl address, Wanted wanted, Instant end, BodyMemory memory) throws InterruptedException {
        Request request = new Request.Builder()
                .url(address)
                .header("Accept", wanted.accept())
                .header("User-Agent", "pawline")
                .build();
        Timeouts timeouts = new Timeouts(properties.connectTimeout(), properties.fetchTimeout());
        return http.exchangeUpTo(wanted.most().toBytes() + 1, request, timeouts.endingBy(end, clock.instant()), memory);
    }

    private static Download judge(String host, long most, Exchange exchange) {
        return switch (exchange) {
            case Died died when died.reason() == Reason.ADDRESS_REFUSED -> refused(died.detail());
            case Died died -> unreachable(true, died.detail());
            case Answered answered
            when answered.status() == 200 && answered.body().length > most ->
                tooLarge("the image at " + host + " has more than " + most + " bytes");
            case Answered answered when answered.status() == 200 -> new Download.File(host, answered.body());
            case Answered answered ->
                unreachable(mayPass(answered.status()), host + " answered with status " + answered.status());
        };
    }

    private Fetched image(Download download) {
        return switch (download) {
            case NotFetched failed -> failed;
            case Download.File file -> image(file.host(), file.bytes());
        };
    }

    private Fetched image(String host, byte[] bytes) {
        ImageHeader header = ImageSniffer.sniff(bytes).orElse(null);
        if (header == null) {
            return new NotFetched(
                    FetchFailure.NOT_AN_IMAGE, false, "the file from " + host + " is not a JPEG, PNG or WebP image");
        }
        if (header.pixels() > properties.maxImagePixels()) {
            return tooLarge("the image at " + host + " is " + header.width() + " x " + header.height()
                    + " pixels; at most " + properties.maxImagePixels() + " in all are allowed");
        }
        return new Image(bytes, header.kind());
    }

    private static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static boolean mayPass(int status) {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }

    private static NotFetched refused(String detail) {
        return new NotFetched(FetchFailure.ADDRESS_REFUSED, false, detail);
    }

    private static NotFetched unreachable(boolean retryable, String detail) {
        return new NotFetched(FetchFailure.UNREACHABLE, retryable, detail);
    }

    private static NotFetched tooLarge(String detail) {
        return new NotFetched(FetchFailure.TOO_LARGE, false, detail);
    }
}
