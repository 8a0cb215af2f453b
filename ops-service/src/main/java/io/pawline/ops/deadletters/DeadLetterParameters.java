package io.pawline.ops.deadletters;

import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.http.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Reads a {@link DeadLetterFilter} from a query or from the body of an operator's action. */
public final class DeadLetterParameters {

    private static final String[] FILTER = {
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
        "q"
    };

    private static final Set<String> STATES =
            Set.of("open", "replaying", "replayed", "failed_again", "discarded", "any");
    private static final int MOST_IDS = 50_000;

    private DeadLetterParameters() {}

    /** Gives the names of the filter's parameters and these. */
    static String[] filterAnd(String... others) {
        return Stream.of(FILTER, others).flatMap(Arrays::stream).toArray(String[]::new);
    }

    /**
     * Reads the field {@code filter} of an action; it must not be empty, so that nobody means everything by mistake.
     */
    public static DeadLetterFilter filter(OperatorAction action) {
        JsonNode filter = action.fields().path("filter");
        if (!filter.isObject() || filter.isEmpty()) {
            throw Parameters.invalid(
                    "filter is missing: say which dead letters, by the parameters of their list, such as {\"stage\":\"generate\"}");
        }
        Map<String, String> parameters = new HashMap<>();
        filter.properties().forEach(field -> {
            if (field.getKey().equals("ids") && field.getValue().isArray()) {
                parameters.put(
                        "ids",
                        field.getValue()
                                .valueStream()
                                .map(id -> id.asString(""))
                                .collect(Collectors.joining(",")));
                return;
            }
            if (!field.getValue().isValueNode()) {
                throw Parameters.invalid("filter." + field.getKey() + " is no text or number");
            }
            parameters.put(field.getKey(), field.getValue().asString(""));
        });
        return filter(Parameters.ofFields(parameters, FILTER));
    }

    /** Reads the filter in these parameters; without a state and without ids it leaves the open dead letters. */
    static DeadLetterFilter filter(Parameters given) {
        String state = given.text("state");
        if (state != null && !STATES.contains(state)) {
            throw Parameters.invalid("state is none of " + String.join(", ", new TreeSet<>(STATES)));
        }
        List<Long> ids = ids(given);
        return new DeadLetterFilter(
                ids,
                state == null ? (ids.isEmpty() ? "open" : null) : state.equals("any") ? null : state,
                given.text("stage"),
                given.text("reason"),
                given.text("provider_code"),
                given.text("tenant"),
                given.text("style"),
                given.text("client_ref"),
                given.uuid("task_id"),
                given.number("generation"),
                given.number("min_attempts"),
                given.number("max_attempts"),
                given.time("from"),
                given.time("to"),
                given.text("q"));
    }

    private static List<Long> ids(Parameters given) {
        String text = given.text("ids");
        if (text == null) {
            return List.of();
        }
        List<Long> ids = new ArrayList<>();
        for (String id : Arrays.asList(text.split(",", MOST_IDS + 1))) {
            if (!id.matches("[0-9]{1,18}") || ids.size() == MOST_IDS) {
                throw Parameters.invalid(
                        "ids are at most %d whole numbers with commas between them".formatted(MOST_IDS));
            }
            ids.add(Long.parseLong(id));
        }
        return ids;
    }
}
