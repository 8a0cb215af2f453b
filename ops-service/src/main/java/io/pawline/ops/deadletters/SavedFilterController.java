package io.pawline.ops.deadletters;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pawline.ops.access.Operator;
import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.http.Parameters;
import java.time.Instant;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Keeps filters of dead letters by name: {@code /v1/dead-letters/filters}. */
@RestController
final class SavedFilterController {

    private static final int LONGEST_NAME = 100;

    private final SavedFilters filters;

    SavedFilterController(SavedFilters filters) {
        this.filters = filters;
    }

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record SavedFilterView(String name, @JsonRawValue String filter, String by, Instant savedAt) {
        static SavedFilterView of(SavedFilters.Saved saved) {
            return new SavedFilterView(saved.name(), saved.filter(), saved.savedBy(), saved.savedAt());
        }
    }

    record Saved(List<SavedFilterView> filters) {}

    @GetMapping("/v1/dead-letters/filters")
    Saved list() {
        return new Saved(filters.all().stream().map(SavedFilterView::of).toList());
    }

    @PostMapping("/v1/dead-letters/filters")
    Saved save(Operator operator, @RequestBody String body) {
        OperatorAction asked = OperatorAction.ofQuestion(body, "name", "filter");
        String name = asked.fields().path("name").asString("").strip();
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.chars().anyMatch(Character::isISOControl)
                || name.contains("/")) {
            throw Parameters.invalid("name is missing, longer than %d characters, has a slash, or is not one line"
                    .formatted(LONGEST_NAME));
        }
        DeadLetterParameters.filter(asked);
        String who = operator.name().orElse(asked.fields().path("by").asString(""));
        if (!filters.save(name, asked.asked("filter"), who)) {
            throw Parameters.invalid("%d filters are saved already: forget one".formatted(SavedFilters.MOST));
        }
        return list();
    }

    @DeleteMapping("/v1/dead-letters/filters/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void forget(@PathVariable("name") String name) {
        filters.forget(name);
    }
}
