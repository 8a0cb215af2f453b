package io.pawline.ops.deadletters;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Says which dead letters are meant; what is null does not matter.
 *
 * @param ids these dead letters only; empty: any
 * @param state their state; null: any
 * @param providerCode the provider's code; {@code none}: those without
 * @param from given up at this moment or later
 * @param to given up before this moment
 * @param words words in the failure's detail, as people write them into a search box
 */
public record DeadLetterFilter(
        List<Long> ids,
        @Nullable String state,
        @Nullable String stage,
        @Nullable String reason,
        @Nullable String providerCode,
        @Nullable String tenant,
        @Nullable String style,
        @Nullable String clientRef,
        @Nullable UUID taskId,
        @Nullable Integer generation,
        @Nullable Integer minAttempts,
        @Nullable Integer maxAttempts,
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String words) {

    /** This provider code stands for dead letters without one. */
    public static final String NO_CODE = "none";

    public DeadLetterFilter {
        ids = List.copyOf(ids);
    }

    /**
     * A condition on {@code dead_letter}, for the place {@code <where>} of a statement, and the values of its
     * parameters.
     */
    public record Condition(String sql, Map<String, Object> values) {
        public <S extends SqlStatement<S>> S bindTo(S statement) {
            return statement.define("where", sql).bindMap(values);
        }
    }

    /** Writes the filter in SQL. */
    public Condition condition() {
        List<String> parts = new ArrayList<>(List.of("true"));
        Map<String, Object> values = new HashMap<>();
        if (!ids.isEmpty()) {
            parts.add("dead_letter.id = any(:ids)");
            values.put("ids", ids.toArray(Long[]::new));
        }
        equal(parts, values, "state", state);
        equal(parts, values, "stage", stage);
        equal(parts, values, "reason", reason);
        if (NO_CODE.equals(providerCode)) {
            parts.add("dead_letter.provider_code is null");
        } else {
            equal(parts, values, "provider_code", providerCode);
        }
        equal(parts, values, "tenant", tenant);
        equal(parts, values, "style", style);
        equal(parts, values, "client_ref", clientRef);
        equal(parts, values, "task_id", taskId);
        equal(parts, values, "generation", generation);
        compare(parts, values, "attempts >= :minAttempts", "minAttempts", minAttempts);
        compare(parts, values, "attempts <= :maxAttempts", "maxAttempts", maxAttempts);
        compare(parts, values, "failed_at >= :from", "from", from == null ? null : from.atOffset(ZoneOffset.UTC));
        compare(parts, values, "failed_at < :to", "to", to == null ? null : to.atOffset(ZoneOffset.UTC));
        compare(parts, values, "words @@ websearch_to_tsquery('simple', :words)", "words", words);
        return new Condition(String.join(" and ", parts), values);
    }

    private static void equal(List<String> parts, Map<String, Object> values, String column, @Nullable Object value) {
        compare(parts, values, column + " = :" + column, column, value);
    }

    private static void compare(
            List<String> parts, Map<String, Object> values, String sql, String name, @Nullable Object value) {
        if (value != null) {
            parts.add("dead_letter." + sql);
            values.put(name, value);
        }
    }
}
