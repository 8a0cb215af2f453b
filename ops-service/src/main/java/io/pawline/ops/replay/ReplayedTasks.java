package io.pawline.ops.replay;

import io.pawline.ops.audit.OperatorAction;
import io.pawline.ops.deadletters.DeadLetterFilter;
import io.pawline.ops.http.Parameters;
import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Says which tasks are to be replayed from their photo on. Expired and cancelled tasks have no dead letter.
 *
 * @param state {@code expired}, {@code cancelled} or {@code failed}
 * @param tenant of the tasks; null: any
 * @param from submitted at this moment or later; null: any time, and then there are ids
 * @param to submitted before this moment; null as above
 * @param ids these tasks only; empty: all of the period
 */
record ReplayedTasks(
        String state,
        @Nullable String tenant,
        @Nullable Instant from,
        @Nullable Instant to,
        List<UUID> ids) {

    private static final String[] FIELDS = {"state", "tenant", "from", "to", "ids"};
    private static final int MOST_IDS = 50_000;

    ReplayedTasks {
        ids = List.copyOf(ids);
    }

    /** Reads the field {@code tasks} of an action. */
    static ReplayedTasks of(OperatorAction action) {
        JsonNode tasks = action.fields().path("tasks");
        Map<String, String> given = new HashMap<>();
        tasks.properties().forEach(field -> {
            if (!field.getValue().isValueNode()) {
                throw Parameters.invalid("tasks." + field.getKey() + " is no text");
            }
            given.put(field.getKey(), field.getValue().asString(""));
        });
        Parameters parameters = Parameters.ofFields(given, FIELDS);
        List<UUID> ids = ids(parameters);
        Instant from = parameters.time("from");
        Instant to = parameters.time("to");
        if (ids.isEmpty() && (from == null || to == null)) {
            throw Parameters.invalid("tasks needs from and to, or ids: say which tasks");
        }
        return new ReplayedTasks(
                parameters.oneOf("state", "expired", "cancelled", "failed"), parameters.text("tenant"), from, to, ids);
    }

    private static List<UUID> ids(Parameters given) {
        String text = given.text("ids");
        if (text == null) {
            return List.of();
        }
        List<UUID> ids = new ArrayList<>();
        for (String id : text.split(",", MOST_IDS + 1)) {
            try {
                ids.add(TaskId.parse(id).value());
            } catch (IllegalArgumentException e) {
                throw Parameters.invalid(
                        "tasks.ids are at most %,d task ids with commas between them".formatted(MOST_IDS));
            }
        }
        return ids;
    }

    /** Writes the selection as a condition on {@code task}. A span of time is a range of ids. */
    DeadLetterFilter.Condition condition() {
        List<String> parts = new ArrayList<>(List.of("state = :state"));
        Map<String, Object> values = new HashMap<>(Map.of("state", state));
        if (tenant != null) {
            parts.add("tenant = :tenant");
            values.put("tenant", tenant);
        }
        if (from != null) {
            parts.add("id >= :from");
            values.put("from", TaskId.bound(from).value());
        }
        if (to != null) {
            parts.add("id < :to");
            values.put("to", TaskId.bound(to).value());
        }
        if (!ids.isEmpty()) {
            parts.add("id = any(:ids)");
            values.put("ids", ids.toArray(UUID[]::new));
        }
        return new DeadLetterFilter.Condition(String.join(" and ", parts), values);
    }
}
