package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.deadletters.IndexedDeadLetter.Header;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers what people ask of the index. Thread-safe.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class DeadLetterQueries {

    /** The query sorts all that the filter leaves, unless they are in the order of an index. */
    private static final String PAGE = """
            select %s from dead_letter where <where> and (<time>, id) < (:beforeTime, :beforeId)
            order by <time> desc, id desc limit :limit
            """.formatted(DeadLetter.COLUMNS);

    /** The query reads the newest dead letters in their order, and asks of each whether the filter leaves it. */
    private static final String WALK = """
            select %s, <where> as fits from dead_letter
            where (failed_at, id) < (:beforeTime, :beforeId) and failed_at >= :since and <within>
            order by failed_at desc, id desc limit :limit
            """.formatted(DeadLetter.COLUMNS);

    /** A walk goes on while it finds one of so many that it reads. */
    private static final int WORTH_WALKING = 10;

    /** The days of the ledger before the task was accepted have nothing of it. */
    private static final String CALLS = """
            select * from call_attempt where task_id = :task and started_at >= :accepted order by started_at
            """;

    /** This place stands above every dead letter. */
    static final Place TOP = new Place(Instant.parse("2999-01-01T00:00:00Z"), Long.MAX_VALUE);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskDatabase database;

    DeadLetterQueries(TaskDatabase database) {
        this.database = database;
    }

    /** The place where a page ends: at the dead letter of this time and id. */
    record Place(Instant failedAt, long id) {
        /** Gives the place of a dead letter. */
        public static Place of(DeadLetter deadLetter) {
            return new Place(deadLetter.failedAt(), deadLetter.id());
        }
    }

    /** The key, value and headers of a dead letter as they came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {}

    /** A call that was made for the task of a dead letter. */
    record MadeCall(
            UUID callId,
            int generation,
            String stage,
            String provider,
            int attempt,
            boolean hedge,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String outcome,
            boolean orphaned,
            @Nullable String reason,
            @Nullable String phase,
            @Nullable Integer httpStatus,
            @Nullable String providerCode,
            @Nullable String requestId,
            @Nullable Long durationMs,
            @Nullable Long costMicros,
            @Nullable String billed) {}

    /**
     * Finds the newest dead letters below a place.
     *
     * <p>Where many fit the filter, those of a page are found by reading the newest ones in their order. Where few do,
     * that would read the whole history. So it turns to the index of facets as soon as too few fit.
     *
     * @param below null: from the newest on
     */
    List<DeadLetter> page(DeadLetterFilter filter, @Nullable Place below, int limit) {
        Place place = below == null ? TOP : below;
        return database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            if (!filter.needsFacets()) {
                return page(handle, filter.condition(), "failed_at", place, limit);
            }
            Walk walk = walk(handle, filter, place, limit);
            List<DeadLetter> found = new ArrayList<>(walk.found());
            if (walk.to() != null) {
                Condition rest = filter.before(walk.to().failedAt().plus(1, ChronoUnit.MICROS))
                        .condition();
                found.addAll(page(handle, rest, "failed_at + interval '0'", walk.to(), limit - found.size()));
            }
            return found;
        });
    }

    private static List<DeadLetter> page(Handle handle, Condition where, String time, Place below, int limit) {
        return where.bindTo(handle.createQuery(PAGE))
                .define("time", time)
                .bind("beforeTime", below.failedAt().atOffset(ZoneOffset.UTC))
                .bind("beforeId", below.id())
                .bind("limit", limit)
                .map((row, _) -> DeadLetter.of(row))
                .list();
    }

    /**
     * What a walk came to.
     *
     * @param found the dead letters that fit, newest first
     * @param to the place where it was given up; null: nothing is left to look for
     */
    private record Walk(List<DeadLetter> found, @Nullable Place to) {}

    private record Walked(DeadLetter deadLetter, boolean fits) {}

    private static Walk walk(Handle handle, DeadLetterFilter filter, Place from, int limit) {
        List<DeadLetter> found = new ArrayList<>();
        Place place = from;
        int read = 0;
        while (read <= WORTH_WALKING * found.size()) {
            List<Walked> step = step(handle, filter, place, limit);
            read += step.size();
            for (Walked walked : step) {
                if (walked.fits()) {
                    found.add(walked.deadLetter());
                    if (found.size() == limit) {
                        return new Walk(found, null);
                    }
                }
            }
            if (step.size() < limit) {
                return new Walk(found, null);
            }
            place = Place.of(step.getLast().deadLetter());
        }
        return new Walk(found, place);
    }

    private static List<Walked> step(Handle handle, DeadLetterFilter filter, Place below, int limit) {
        Place top = filter.to() == null || filter.to().isAfter(below.failedAt()) ? below : new Place(filter.to(), 0);
        return filter.ofRow()
                .bindTo(handle.createQuery(WALK))
                // Open ones are what people ask for as a rule, and have an index of their own
                .define("within", "open".equals(filter.state()) ? "state = 'open'" : "true")
                .bind("beforeTime", top.failedAt().atOffset(ZoneOffset.UTC))
                .bind("beforeId", top.id())
                .bind("since", (filter.from() == null ? Instant.EPOCH : filter.from()).atOffset(ZoneOffset.UTC))
                .bind("limit", limit)
                .map((row, _) -> new Walked(DeadLetter.of(row), row.getBoolean("fits")))
                .list();
    }

    /** Finds the dead letter of this id, if there is one. */
    Optional<DeadLetter> find(long id) {
        return database.with(
                handle -> handle.createQuery("select " + DeadLetter.COLUMNS + " from dead_letter where id = :id")
                        .bind("id", id)
                        .map((row, _) -> DeadLetter.of(row))
                        .findOne());
    }

    /** Reads the record itself, as its stage wrote it. */
    Content content(long id) {
        return database.with(handle -> handle.createQuery("select * from dead_letter_record where letter_id = :id")
                .bind("id", id)
                .map((row, _) -> new Content(
                        row.getBytes("record_key"), row.getBytes("record_value"), headers(row.getString("headers"))))
                .one());
    }

    private static List<Header> headers(String json) {
        JsonNode headers = JSON.readTree(json);
        return StreamSupport.stream(headers.spliterator(), false)
                .map(header -> new Header(
                        header.path("name").asString(""),
                        header.path("base64").isString()
                                ? Base64.getDecoder()
                                        .decode(header.path("base64").asString(""))
                                : null))
                .toList();
    }

    /** Finds every call for a task that the ledger still has, oldest first, in all generations. */
    List<MadeCall> calls(UUID task) {
        return database.with(handle -> handle.createQuery(CALLS)
                .bind("task", task)
                .bind("accepted", CallLedger.earliestOf(task))
                .map((row, _) -> call(row))
                .list());
    }

    private static MadeCall call(ResultSet row) throws SQLException {
        return new MadeCall(
                row.getObject("call_id", UUID.class),
                row.getInt("generation"),
                row.getString("stage"),
                row.getString("provider"),
                row.getInt("attempt"),
                row.getBoolean("hedge"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                DeadLetter.instant(row, "ended_at"),
                row.getString("outcome"),
                row.getBoolean("orphaned"),
                row.getString("reason"),
                row.getString("phase"),
                row.getObject("http_status", Integer.class),
                row.getString("provider_code"),
                row.getString("request_id"),
                row.getObject("duration_ms", Long.class),
                row.getObject("cost_micros", Long.class),
                row.getString("billed"));
    }
}
