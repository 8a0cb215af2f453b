package io.pawline.ops.http;

import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.live.Period;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The parameters of a request, checked: none unknown, none given twice, each in its range. */
public final class Parameters {

    /** Those that say which letters. */
    private static final Set<String> FILTER = Set.of(
            "ids",
            "state",
            "stage",
            "reason",
            "provider_code",
            "tenant",
            "style",
            "client_ref",
            "task_id",
            "generation",
            "min_attempts",
            "max_attempts",
            "from",
            "to",
            "q");

    private static final Set<String> STATES =
            Set.of("open", "replaying", "replayed", "failed_again", "discarded", "any");
    private static final int MOST_IDS = 10_000;

    private final Map<String, String> given;

    private Parameters(Map<String, String> given, Set<String> names) {
        this.given = given;
        Set<String> known = new TreeSet<>(names);
        given.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw invalid("there is no parameter \"%s\"; the parameters are %s"
                        .formatted(name.length() > 50 ? name.substring(0, 50) : name, String.join(", ", known)));
            }
            if (value.indexOf(0) >= 0) {
                throw invalid(name + " has a control character");
            }
        });
    }

    /** @param others the parameters besides those of a filter */
    static Parameters of(MultiValueMap<String, String> query, String... others) {
        return once(query, withFilter(others));
    }

    /** These parameters and no filter. */
    public static Parameters only(MultiValueMap<String, String> query, String... names) {
        return once(query, Set.of(names));
    }

    private static Set<String> withFilter(String... others) {
        Set<String> names = new TreeSet<>(FILTER);
        names.addAll(List.of(others));
        return names;
    }

    private static Parameters once(MultiValueMap<String, String> query, Set<String> names) {
        query.forEach((name, values) -> {
            if (values.size() > 1) {
                throw invalid(name + " is given more than once");
            }
        });
        return new Parameters(query.toSingleValueMap(), names);
    }

    /** The fields of a filter in a body. */
    static Parameters ofFilter(Map<String, String> fields) {
        return new Parameters(fields, FILTER);
    }

    /** Which letters; the open ones, if nothing is said of their state. */
    public DeadLetterFilter filter() {
        String state = text("state");
        if (state != null && !STATES.contains(state)) {
            throw invalid("state is none of " + String.join(", ", new TreeSet<>(STATES)));
        }
        List<Long> ids = ids();
        return new DeadLetterFilter(
                ids,
                state == null ? (ids.isEmpty() ? "open" : null) : state.equals("any") ? null : state,
                text("stage"),
                text("reason"),
                text("provider_code"),
                text("tenant"),
                text("style"),
                text("client_ref"),
                uuid("task_id"),
                number("generation"),
                number("min_attempts"),
                number("max_attempts"),
                time("from"),
                time("to"),
                text("q"));
    }

    @Nullable
    public String text(String name) {
        String text = given.get(name);
        return text == null || text.isEmpty() ? null : text;
    }

    private List<Long> ids() {
        String text = text("ids");
        if (text == null) {
            return List.of();
        }
        List<Long> ids = new ArrayList<>();
        for (String id : Arrays.asList(text.split(",", MOST_IDS + 1))) {
            if (!id.matches("[0-9]{1,18}") || ids.size() == MOST_IDS) {
                throw invalid("ids are at most %d whole numbers with commas between them".formatted(MOST_IDS));
            }
            ids.add(Long.parseLong(id));
        }
        return ids;
    }

    int limit(int byDefault, int most) {
        Integer limit = number("limit");
        if (limit != null && (limit < 1 || limit > most)) {
            throw invalid("limit is no whole number from 1 to " + most);
        }
        return limit == null ? byDefault : limit;
    }

    private @Nullable Integer number(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw invalid(name + " is no whole number");
        }
        return Integer.valueOf(text);
    }

    private @Nullable UUID uuid(String name) {
        String text = text(name);
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid(name + " is no UUID");
        }
    }

    @Nullable
    Instant time(String name) {
        String text = text(name);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw invalid(name + " is no RFC 3339 time: it looks like 2026-11-23T10:15:30Z");
        }
    }

    /**
     * From {@code from} to {@code to}.
     *
     * @param now what {@code to} is by default
     * @param byDefault how long before {@code to} it begins, if nothing is said
     * @param longest that is taken
     */
    public Period period(Instant now, Duration byDefault, Duration longest) {
        Instant to = time("to");
        Instant end = to == null ? now : to;
        Instant from = time("from");
        Instant start = from == null ? end.minus(byDefault) : from;
        if (!start.isBefore(end)) {
            throw invalid("from is not before to");
        }
        if (Duration.between(start, end).compareTo(longest) > 0) {
            throw invalid("from is more than %d hours before to".formatted(longest.toHours()));
        }
        return new Period(start, end);
    }

    /** One of these; the first by default. */
    public String oneOf(String name, String... values) {
        String text = text(name);
        if (text != null && !List.of(values).contains(text)) {
            throw invalid(name + " is none of " + String.join(", ", values));
        }
        return text == null ? values[0] : text;
    }

    public static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
