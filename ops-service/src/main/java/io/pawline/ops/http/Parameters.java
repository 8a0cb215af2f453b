package io.pawline.ops.http;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Checks the parameters of a request: none is unknown, none is given twice, each is in its range. */
public final class Parameters {

    private static final int LAST_YEAR = 9999;

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

    /** Reads the parameters of a query; only these names are known. */
    public static Parameters of(MultiValueMap<String, String> query, String... names) {
        query.forEach((name, values) -> {
            if (values.size() > 1) {
                throw invalid(name + " is given more than once");
            }
        });
        return new Parameters(query.toSingleValueMap(), Set.of(names));
    }

    /** Reads the fields of an object in a body, checked as parameters are; only these names are known. */
    public static Parameters ofFields(Map<String, String> fields, String... names) {
        return new Parameters(fields, Set.of(names));
    }

    /** Gives the parameter as it is; null if it is missing or empty. */
    public @Nullable String text(String name) {
        String text = given.get(name);
        return text == null || text.isEmpty() ? null : text;
    }

    /** Reads the parameter {@code limit}, a whole number from 1 to {@code most}. */
    public int limit(int byDefault, int most) {
        Integer limit = number("limit");
        if (limit != null && (limit < 1 || limit > most)) {
            throw invalid("limit is no whole number from 1 to " + most);
        }
        return limit == null ? byDefault : limit;
    }

    /** Reads a whole number of at most nine digits; null if it is not given. */
    public @Nullable Integer number(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw invalid(name + " is no whole number");
        }
        return Integer.valueOf(text);
    }

    /** Reads a UUID; null if it is not given. */
    public @Nullable UUID uuid(String name) {
        String text = text(name);
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid(name + " is no UUID");
        }
    }

    /** Reads an RFC 3339 time; null if it is not given. Its year has four digits, so the database knows it. */
    public @Nullable Instant time(String name) {
        String text = text(name);
        try {
            if (text == null) {
                return null;
            }
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= LAST_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // the same as a time that is no RFC 3339 time for its year
        }
        throw invalid(name + " is no RFC 3339 time: it looks like 2026-11-23T10:15:30Z");
    }

    /**
     * Reads the period from {@code from} to {@code to}.
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

    /** Reads a parameter that is one of these; the first is the default. */
    public String oneOf(String name, String... values) {
        String text = text(name);
        if (text != null && !List.of(values).contains(text)) {
            throw invalid(name + " is none of " + String.join(", ", values));
        }
        return text == null ? values[0] : text;
    }

    /** Makes the problem of a request that is not valid. */
    public static ProblemException invalid(String detail) {
        return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
    }
}
