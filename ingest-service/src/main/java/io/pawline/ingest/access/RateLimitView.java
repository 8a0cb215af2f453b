package io.pawline.ingest.access;

import java.time.Duration;
import org.springframework.http.HttpHeaders;

/**
 * Shows a quota as headers (<a
 * href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">draft-ietf-httpapi-ratelimit-headers</a>).
 */
public final class RateLimitView {

    /** The name of the quota of tasks. */
    static final String TASKS = "tasks";

    private RateLimitView() {}

    public static HttpHeaders headers(QuotaState state) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("RateLimit-Policy", "\"%s\";q=%d;w=%d".formatted(TASKS, state.limit(), Quotas.WINDOW.toSeconds()));
        headers.set("RateLimit", "\"%s\";r=%d;t=%d".formatted(TASKS, state.remaining(), secondsUntil(state.full())));
        return headers;
    }

    /** The time in whole seconds, rounded up. */
    public static long secondsUntil(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }
}
