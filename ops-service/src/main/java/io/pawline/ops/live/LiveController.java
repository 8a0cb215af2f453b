package io.pawline.ops.live;

import io.pawline.ops.alerts.AlertText;
import io.pawline.ops.http.Parameters;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows what happens now and what happened over time, and the alerts. */
@RestController
final class LiveController {

    private static final Duration MOST_SHORT = Duration.ofHours(6);
    private static final Duration MOST_LONG = Duration.ofDays(2);

    private final Live live;
    private final LiveQueries queries;
    private final Alerts alerts;
    private final Clock clock;

    LiveController(Live live, LiveQueries queries, Alerts alerts, Clock clock) {
        this.live = live;
        this.queries = queries;
        this.alerts = alerts;
        this.clock = clock;
    }

    @GetMapping("/v1/live")
    LiveView live(@RequestParam MultiValueMap<String, String> query) throws InterruptedException {
        Parameters given = Parameters.of(query, "window", "lang");
        return live.now(Live.Window.of(given.oneOf("window", Live.Window.NAMES)), language(given));
    }

    /**
     * What happened over time.
     *
     * @param points one for each span of time and stage in which anything happened, oldest first
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Series(long stepSeconds, List<LiveView.Point> points) {}

    @GetMapping("/v1/live/series")
    Series series(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, "from", "to", "step");
        boolean small = given.oneOf("step", "10s", "1m").equals("10s");
        Duration step = small ? Duration.ofSeconds(10) : Duration.ofMinutes(1);
        return new Series(
                step.toSeconds(),
                queries.series(
                        given.period(clock.instant(), Duration.ofMinutes(15), small ? MOST_SHORT : MOST_LONG), step));
    }

    record AlertList(List<LiveView.AlertView> alerts) {}

    @GetMapping("/v1/alerts")
    AlertList alerts(@RequestParam MultiValueMap<String, String> query) {
        return new AlertList(alerts.now(language(Parameters.of(query, "lang"))));
    }

    private static String language(Parameters given) {
        return given.oneOf("lang", AlertText.LANGUAGES.toArray(String[]::new));
    }
}
