package io.pawline.ingest.http;

import io.pawline.ingest.access.Quotas;
import java.time.Duration;
import org.springframework.http.HttpHeaders;

/**
 * A quota as headers
 * (<a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">draft-ietf-httpapi-ratelimit-headers</a>).
 */
final class RateLimit {

    private RateLimit() {}

    static HttpHeaders headers(Quotas.State state) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("RateLimit-Policy", "\"tasks\";q=%d;w=%d".formatted(state.limit(), Quotas.WINDOW.toSeconds()));
        headers.set("RateLimit", "\"tasks\";r=%d;t=%d".formatted(state.remaining(), secondsUntil(state.full())));
        return headers;
    }

    /** Whole seconds, so many that the time has come when they are over. */
    static long secondsUntil(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }
}
