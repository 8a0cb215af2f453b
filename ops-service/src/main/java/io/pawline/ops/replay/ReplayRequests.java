package io.pawline.ops.replay;

import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.http.Parameters;
import io.pawline.schemas.Stage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what an operator asks of a replay. */
final class ReplayRequests {

    /** Most dead letters a second that one replay may ask for. */
    static final int FASTEST = 10_000;

    /** The fields of a new replay besides who and why. */
    static final String[] FIELDS = {
        "plan", "filter", "tasks", "from_stage", "name", "per_second", "deadline_seconds", "starts_at", "stop_percent"
    };

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_DEADLINE =
            Math.toIntExact(Duration.ofDays(30).toSeconds());

    /** Nobody plans further ahead, and what waits cannot be replayed by another. */
    private static final Duration LATEST_START = Duration.ofDays(7);

    private final Clock clock;

    ReplayRequests(Clock clock) {
        this.clock = clock;
    }

    ReplayOrder order(OperatorAction asked) {
        return new ReplayOrder(
                name(asked),
                asked.number("per_second", FASTEST),
                asked.fields().has("deadline_seconds")
                        ? Duration.ofSeconds(asked.number("deadline_seconds", LONGEST_DEADLINE))
                        : null,
                startsAt(asked),
                asked.fields().has("stop_percent") ? (Integer) asked.number("stop_percent", 99) : null);
    }

    @Nullable
    String name(OperatorAction asked) {
        String name = asked.fields().path("name").asString("").strip();
        if (name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw Parameters.invalid("name is longer than %d characters, or not one line".formatted(LONGEST_NAME));
        }
        return name.isEmpty() ? null : name;
    }

    UUID plan(OperatorAction asked) {
        try {
            return UUID.fromString(asked.fields().path("plan").asString(""));
        } catch (IllegalArgumentException e) {
            throw Parameters.invalid("plan is not the id of a dry run");
        }
    }

    /** Says whether tasks begin with their photo; the other stages' events exist only in the dead letters themselves. */
    boolean restarts(OperatorAction asked) {
        String stage = asked.fields().path("from_stage").asString("");
        if (!stage.isEmpty() && !stage.equals(Stage.DETECT.code())) {
            throw Parameters.invalid("from_stage is not detect: only the photo of a task is kept to begin with");
        }
        return !stage.isEmpty();
    }

    private @Nullable Instant startsAt(OperatorAction asked) {
        if (!asked.fields().has("starts_at")) {
            return null;
        }
        Instant at = Parameters.ofFields(
                        Map.of("starts_at", asked.fields().path("starts_at").asString("")), "starts_at")
                .time("starts_at");
        if (at != null && at.isAfter(clock.instant().plus(LATEST_START))) {
            throw Parameters.invalid("starts_at is more than %d days ahead".formatted(LATEST_START.toDays()));
        }
        return at;
    }
}
