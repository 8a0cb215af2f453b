package io.pawline.ops.alerts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ops.http.Parameters;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Shows the alerts that fired, and who was notified: {@code /v1/alerts/history}. */
@RestController
final class AlertHistoryController {

    private static final int BY_DEFAULT = 50;
    private static final int MOST = 1_000;

    private final AlertJournal journal;

    AlertHistoryController(AlertJournal journal) {
        this.journal = journal;
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record NotifiedView(
            String receiver,
            String event,
            String state,
            int attempts,
            @Nullable Instant sentAt,
            @Nullable String trouble) {
        static NotifiedView of(AlertJournal.Notified notified) {
            return new NotifiedView(
                    notified.receiver(),
                    notified.event(),
                    notified.state(),
                    notified.attempts(),
                    notified.sentAt(),
                    notified.trouble());
        }
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PastView(
            String name,
            String title,
            Instant firedAt,
            @Nullable Instant endedAt,
            double value,
            @Nullable Double threshold,
            String unit,
            String detail,
            List<NotifiedView> notifications) {
        static PastView of(AlertJournal.Past past, String language) {
            return new PastView(
                    past.name(),
                    Alert.ofCode(past.name())
                            .map(alert -> alert.title(language))
                            .orElse(past.name()),
                    past.firedAt(),
                    past.endedAt(),
                    past.value(),
                    past.threshold(),
                    past.unit(),
                    past.detail().in(language),
                    past.notifications().stream().map(NotifiedView::of).toList());
        }
    }

    record History(List<PastView> alerts) {}

    @GetMapping("/v1/alerts/history")
    History history(@RequestParam MultiValueMap<String, String> query) {
        Parameters given = Parameters.of(query, "limit", "lang");
        String language = given.oneOf("lang", AlertText.LANGUAGES.toArray(String[]::new));
        return new History(journal.newest(given.limit(BY_DEFAULT, MOST)).stream()
                .map(past -> PastView.of(past, language))
                .toList());
    }
}
