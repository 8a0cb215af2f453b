package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.DeadLetterFilter.Condition;
import io.pawline.ops.deadletters.DeadLetterQueries.Place;
import io.pawline.taskstore.HistoryPlans;
import io.pawline.taskstore.TaskDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Counts dead letters by cause. Thread-safe.
 *
 * <p>Few are counted one by one. Of many, a count would read them all, so the newest stand for them: {@link #MOST_COUNTED}
 * of those that fit, and no more than {@link #MOST_READ} are read to find them. The answer then says that there are more.
 * A filter of nothing but state and cause is what people look at first, and its counts are always whole: they are the
 * sums of {@code dead_letter_tally}.
 *
 * <p>Every method throws {@link io.pawline.taskstore.DatabaseUnavailableException} when the database is lost.
 */
final class DeadLetterGroups {

    static final int MOST_COUNTED = 10_000;
    static final int MOST_READ = 20_000;

    /** It goes on reading while one of so many fits. */
    private static final int WORTH_WALKING = 10;

    private static final int FIRST_STEP = 50;
    private static final int LARGEST_STEP = 5_000;

    /** The tally counts in hours. */
    private static final Duration TALLY_SPAN = Duration.ofHours(1);

    private static final String COLUMNS = "id, stage, reason, provider_code, failed_at";

    /** The query reads the newest dead letters in their order, and asks of each whether the filter leaves it. */
    private static final String WALK = """
            select %s, <where> as fits from dead_letter
            where (failed_at, id) < (:before_time, :before_id) and failed_at >= :since and <within>
            order by failed_at desc, id desc limit :limit
            """.formatted(COLUMNS);

    private static final String BELOW = """
            select %s, true as fits from dead_letter
            where <where> and (failed_at + interval '0', id) < (:before_time, :before_id) limit :limit
            """.formatted(COLUMNS);

    private static final String NEWEST = """
            select %s, true as fits from dead_letter where <where> order by failed_at desc, id desc limit :limit
            """.formatted(COLUMNS);

    private static final String TALLY = """
            select stage, reason, provider_code, sum(letters) as letters, coalesce(min(oldest), min(hour)) as oldest,
                coalesce(max(newest), max(hour)) as newest,
                date_bin(make_interval(secs => :span), hour, timestamptz '2000-01-01 00:00:00Z') as span
            from dead_letter_tally
            where (cast(:state as text) is null or state = :state) and (cast(:stage as text) is null or stage = :stage)
                and (cast(:reason as text) is null or reason = :reason)
                and (cast(:code as text) is null or coalesce(provider_code, :no_code) = :code)
            group by stage, reason, provider_code, span having sum(letters) > 0
            """;

    /** Sums up what stands for the same, so that the tally has one row for each hour and cause. */
    private static final String SUM_UP = """
            with parted as (
                select state, stage, reason, provider_code, hour from dead_letter_tally
                group by state, stage, reason, provider_code, hour having count(*) > 1 limit :keys
            ), taken as (
                delete from dead_letter_tally tally using parted
                where tally.state = parted.state and tally.stage = parted.stage and tally.reason = parted.reason
                    and tally.hour = parted.hour and tally.provider_code is not distinct from parted.provider_code
                returning tally.*
            )
            insert into dead_letter_tally (state, stage, reason, provider_code, hour, letters, oldest, newest)
            select state, stage, reason, provider_code, hour, sum(letters), min(oldest), max(newest) from taken
            group by state, stage, reason, provider_code, hour having sum(letters) <> 0
            """;

    private final TaskDatabase database;

    DeadLetterGroups(TaskDatabase database) {
        this.database = database;
    }

    /**
     * The dead letters of a filter by cause, the most frequent first.
     *
     * @param more whether there are more than were counted
     */
    record Counted(List<DeadLetterGroup> groups, boolean more) {
        Counted {
            groups = List.copyOf(groups);
        }

        long letters() {
            return groups.stream().mapToLong(DeadLetterGroup::count).sum();
        }
    }

    /** Counts dead letters by cause, each over spans of time of this length. */
    Counted by(DeadLetterFilter filter, Duration span) {
        return database.inTransaction(handle -> {
            HistoryPlans.use(handle);
            Newest newest = newest(handle, filter);
            return newest.more() && filter.isOfStateAndCause() && span.compareTo(TALLY_SPAN) >= 0
                    ? new Counted(together(tally(handle, filter, span)), false)
                    : new Counted(
                            together(newest.rows().stream()
                                    .map(row -> row.alone(span))
                                    .toList()),
                            newest.more());
        });
    }

    /**
     * Sums up the differences that were added to the tally.
     *
     * @return how many hours of causes were summed up
     */
    int sumUp(int limit) {
        return database.inTransaction(handle -> {
            // Two processes would take the same rows, and one would wait for the other in vain
            boolean mine = handle.createQuery("select pg_try_advisory_xact_lock(hashtext('pawline.ops.tally'))")
                    .mapTo(Boolean.class)
                    .one();
            return mine ? handle.createUpdate(SUM_UP).bind("keys", limit).execute() : 0;
        });
    }

    private record Row(
            long id, String stage, String reason, @Nullable String providerCode, Instant failedAt, boolean fits) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong("id"),
                    row.getString("stage"),
                    row.getString("reason"),
                    row.getString("provider_code"),
                    row.getObject("failed_at", OffsetDateTime.class).toInstant(),
                    row.getBoolean("fits"));
        }

        Place place() {
            return new Place(failedAt, id);
        }

        DeadLetterGroup alone(Duration span) {
            long seconds = span.toSeconds();
            Instant begin = Instant.ofEpochSecond(Math.floorDiv(failedAt.getEpochSecond(), seconds) * seconds);
            return new DeadLetterGroup(
                    stage, reason, providerCode, 1, failedAt, failedAt, List.of(new DeadLetterGroup.Span(begin, 1)));
        }
    }

    private record Newest(List<Row> rows, boolean more) {}

    private static Newest newest(Handle handle, DeadLetterFilter filter) {
        return filter.needsFacets() ? walk(handle, filter) : cut(newestOf(handle, filter.condition()), List.of());
    }

    private static List<Row> newestOf(Handle handle, Condition where) {
        return where.bindTo(handle.createQuery(NEWEST))
                .bind("limit", MOST_COUNTED + 1)
                .map((row, _) -> Row.of(row))
                .list();
    }

    private static Newest cut(List<Row> rows, List<Row> others) {
        List<Row> all = new ArrayList<>(rows);
        all.addAll(others);
        return all.size() > MOST_COUNTED ? new Newest(all.subList(0, MOST_COUNTED), true) : new Newest(all, false);
    }

    private static Newest walk(Handle handle, DeadLetterFilter filter) {
        List<Row> found = new ArrayList<>();
        Place place = DeadLetterQueries.TOP;
        int read = 0;
        while (read <= WORTH_WALKING * found.size()) {
            if (read >= MOST_READ || found.size() > MOST_COUNTED) {
                return new Newest(found.subList(0, Math.min(found.size(), MOST_COUNTED)), true);
            }
            int limit = Math.min(LARGEST_STEP, WORTH_WALKING * found.size() - read + FIRST_STEP);
            List<Row> step = step(handle, filter, place, limit);
            read += step.size();
            step.stream().filter(Row::fits).forEach(found::add);
            if (step.size() < limit) {
                return cut(found, List.of());
            }
            place = step.getLast().place();
        }
        return cut(found, below(handle, filter, place, MOST_COUNTED + 1 - found.size()));
    }

    private static List<Row> step(Handle handle, DeadLetterFilter filter, Place below, int limit) {
        Place top = filter.to() == null || filter.to().isAfter(below.failedAt()) ? below : new Place(filter.to(), 0);
        return filter.ofRow()
                .bindTo(handle.createQuery(WALK))
                // Open ones are what people ask for as a rule, and have an index of their own
                .define("within", "open".equals(filter.state()) ? "state = 'open'" : "true")
                .bind("before_time", top.failedAt().atOffset(ZoneOffset.UTC))
                .bind("before_id", top.id())
                .bind("since", (filter.from() == null ? Instant.EPOCH : filter.from()).atOffset(ZoneOffset.UTC))
                .bind("limit", limit)
                .map((row, _) -> Row.of(row))
                .list();
    }

    private static List<Row> below(Handle handle, DeadLetterFilter filter, Place place, int limit) {
        return filter.before(place.failedAt().plus(1, ChronoUnit.MICROS))
                .condition()
                .bindTo(handle.createQuery(BELOW))
                .bind("before_time", place.failedAt().atOffset(ZoneOffset.UTC))
                .bind("before_id", place.id())
                .bind("limit", limit)
                .map((row, _) -> Row.of(row))
                .list();
    }

    private static List<DeadLetterGroup> tally(Handle handle, DeadLetterFilter filter, Duration span) {
        return handle.createQuery(TALLY)
                .bind("span", span.toSeconds())
                .bind("state", filter.state())
                .bind("stage", filter.stage())
                .bind("reason", filter.reason())
                .bind("code", filter.providerCode())
                .bind("no_code", DeadLetterFilter.NO_CODE)
                .map((row, _) -> group(row))
                .list();
    }

    private static DeadLetterGroup group(ResultSet row) throws SQLException {
        return new DeadLetterGroup(
                row.getString("stage"),
                row.getString("reason"),
                row.getString("provider_code"),
                row.getLong("letters"),
                row.getObject("oldest", OffsetDateTime.class).toInstant(),
                row.getObject("newest", OffsetDateTime.class).toInstant(),
                List.of(new DeadLetterGroup.Span(
                        row.getObject("span", OffsetDateTime.class).toInstant(), row.getLong("letters"))));
    }

    /** Puts the parts of each cause together. */
    private static List<DeadLetterGroup> together(List<DeadLetterGroup> parts) {
        Map<List<@Nullable String>, Sum> sums = new LinkedHashMap<>();
        parts.forEach(part -> sums.computeIfAbsent(
                        Arrays.asList(part.stage(), part.reason(), part.providerCode()), _ -> new Sum(part))
                .add(part));
        return sums.values().stream()
                .map(Sum::group)
                .sorted(Comparator.comparingLong(DeadLetterGroup::count).reversed())
                .toList();
    }

    /** Adds up the parts of one cause. For one thread. */
    private static final class Sum {

        private final DeadLetterGroup first;
        private final Map<Instant, Long> overTime = new TreeMap<>();
        private long count;
        private Instant oldest;
        private Instant newest;

        Sum(DeadLetterGroup first) {
            this.first = first;
            this.oldest = first.oldest();
            this.newest = first.newest();
        }

        void add(DeadLetterGroup part) {
            count += part.count();
            oldest = part.oldest().isBefore(oldest) ? part.oldest() : oldest;
            newest = part.newest().isAfter(newest) ? part.newest() : newest;
            part.overTime().forEach(span -> overTime.merge(span.from(), span.count(), Long::sum));
        }

        DeadLetterGroup group() {
            return new DeadLetterGroup(
                    first.stage(),
                    first.reason(),
                    first.providerCode(),
                    count,
                    oldest,
                    newest,
                    overTime.entrySet().stream()
                            .map(span -> new DeadLetterGroup.Span(span.getKey(), span.getValue()))
                            .toList());
        }
    }
}
