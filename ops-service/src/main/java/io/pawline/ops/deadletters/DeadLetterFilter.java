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
 * @param words words in the failure's detail, in the event, or of the request's id, as people write them into a search
 *     box
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

    /** Whether it is about dead letters by more than their time, but does not name them or their task. */
    boolean needsFacets() {
        return ids.isEmpty()
                && taskId == null
                && (words != null || !properties().isEmpty() || minAttempts != null || maxAttempts != null);
    }

    /** Whether it is about dead letters by nothing but their state and their cause, or about all. */
    boolean isOfStateAndCause() {
        return ids.isEmpty()
                && tenant == null
                && style == null
                && clientRef == null
                && taskId == null
                && generation == null
                && minAttempts == null
                && maxAttempts == null
                && from == null
                && to == null
                && words == null;
    }

    /** Gives the same filter, but for dead letters that were given up before this moment. */
    DeadLetterFilter before(Instant moment) {
        return new DeadLetterFilter(
                ids,
                state,
                stage,
                reason,
                providerCode,
                tenant,
                style,
                clientRef,
                taskId,
                generation,
                minAttempts,
                maxAttempts,
                from,
                to == null || to.isAfter(moment) ? moment : to,
                words);
    }

    /**
     * Writes the filter in SQL, so that an index leads to the dead letters that it leaves: that of their facets as a
     * rule. A statement with it needs {@link io.pawline.taskstore.HistoryPlans}.
     */
    public Condition condition() {
        Conditions conditions = new Conditions();
        if (needsFacets()) {
            conditions.add(Facets.INDEXED + " @> cast(:properties as text[])", "properties", Facets.of(properties()));
            if (minAttempts != null || maxAttempts != null) {
                conditions.add(
                        Facets.INDEXED + " && cast(:attempts as text[])",
                        "attempts",
                        Facets.ofAttempts(minAttempts, maxAttempts));
            }
            if (from != null || to != null) {
                conditions.add(Facets.INDEXED + " && cast(:times as text[])", "times", Facets.ofTimes(from, to));
            }
            // Written so that no other index fits them: each leads to dead letters that the filter does not leave
            exact(conditions, "dead_letter.state || ''", "dead_letter.failed_at + interval '0'");
        } else {
            exact(conditions, "dead_letter.state", "dead_letter.failed_at");
        }
        return conditions.together();
    }

    /** Writes the filter in SQL, as a question to one row. */
    Condition ofRow() {
        Conditions conditions = new Conditions();
        exact(conditions, "dead_letter.state", "dead_letter.failed_at");
        return conditions.together();
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        putIfSet(properties, "state", state);
        putIfSet(properties, "stage", stage);
        putIfSet(properties, "reason", reason);
        putIfSet(properties, "code", NO_CODE.equals(providerCode) ? "" : providerCode);
        putIfSet(properties, "tenant", tenant);
        putIfSet(properties, "style", style);
        putIfSet(properties, "ref", clientRef);
        putIfSet(properties, "generation", generation);
        return properties;
    }

    private static void putIfSet(Map<String, String> properties, String name, @Nullable Object value) {
        if (value != null) {
            properties.put(name, value.toString());
        }
    }

    private void exact(Conditions conditions, String stateColumn, String timeColumn) {
        if (!ids.isEmpty()) {
            conditions.add("dead_letter.id = any(:ids)", "ids", ids.toArray(Long[]::new));
        }
        conditions.add(stateColumn + " = :state", "state", state);
        conditions.add("dead_letter.stage = :stage", "stage", stage);
        conditions.add("dead_letter.reason = :reason", "reason", reason);
        if (NO_CODE.equals(providerCode)) {
            conditions.add("dead_letter.provider_code is null");
        } else {
            conditions.add("dead_letter.provider_code = :provider_code", "provider_code", providerCode);
        }
        conditions.add("dead_letter.tenant = :tenant", "tenant", tenant);
        conditions.add("dead_letter.style = :style", "style", style);
        conditions.add("dead_letter.client_ref = :client_ref", "client_ref", clientRef);
        conditions.add("dead_letter.task_id = :task_id", "task_id", taskId);
        conditions.add("dead_letter.generation = :generation", "generation", generation);
        conditions.add("dead_letter.attempts >= :minAttempts", "minAttempts", minAttempts);
        conditions.add("dead_letter.attempts <= :maxAttempts", "maxAttempts", maxAttempts);
        conditions.add(timeColumn + " >= :from", "from", from == null ? null : from.atOffset(ZoneOffset.UTC));
        conditions.add(timeColumn + " < :to", "to", to == null ? null : to.atOffset(ZoneOffset.UTC));
        if (words != null) {
            SearchText.Question question = SearchText.question(words);
            conditions.add(
                    "dead_letter.search @@ (websearch_to_tsquery('simple', :words) && to_tsquery('simple', :prefixes))",
                    "words",
                    question.words());
            conditions.add("true", "prefixes", question.prefixes());
        }
    }

    /** Conditions that all have to hold, with the values of their parameters. */
    private static final class Conditions {

        private final List<String> parts = new ArrayList<>(List.of("true"));
        private final Map<String, Object> values = new HashMap<>();

        void add(String sql) {
            parts.add(sql);
        }

        /** Adds a condition on a value, unless it is null. */
        void add(String sql, String name, @Nullable Object value) {
            if (value != null) {
                parts.add(sql);
                values.put(name, value);
            }
        }

        Condition together() {
            return new Condition(String.join(" and ", parts), values);
        }
    }
}
