package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;

import io.pawline.schemas.TaskId;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the partitions of a table that is divided by time, and drops those whose time is over. Several processes may do
 * so at once: one does the work, and the others leave it to that one. Thread-safe.
 *
 * <p>Neither stops the services. A new partition is made as a table beside the others and then attached, and an old one
 * is detached concurrently and then dropped. Both take a lock that readers and writers do not mind (<a
 * href="https://www.postgresql.org/docs/current/sql-altertable.html">ALTER TABLE</a>: SHARE UPDATE EXCLUSIVE). A query
 * that still reads an old partition, as a report may, is waited for during {@link #LOCK_WAIT}. Then the partition is
 * left for the next round. By then nobody else sees it any more.
 *
 * <p>Every method throws {@link DatabaseUnavailableException} when the database is lost.
 */
public final class Partitions {

    /** Longest wait for a lock. What is not done by then is done in a later round. */
    public static final Duration LOCK_WAIT = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /** The rest after a drop, in times of what the drop took: 99 of 100 writes shall meet none. */
    private static final int REST = 200;

    /** Nobody notices that the files of a smaller table are removed. In bytes. */
    private static final long SMALL = 64L << 20;

    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    // Any number that nobody else in the database uses; this one is "part" in ASCII, and the table comes second.
    private static final int LOCK = 0x7061_7274;

    private static final String EXISTING = """
            select child.relname as name, pg_get_expr(child.relpartbound, child.oid) as bound,
                inhdetachpending as pending
            from pg_inherits join pg_class child on child.oid = inhrelid
            where inhparent = cast(:table as regclass)
            """;

    /** Tables that a process made or detached before it was killed. */
    private static final String LEFT_OVER = """
            select relname from pg_class
            where relkind = 'r' and not relispartition and relnamespace = (
                    select relnamespace from pg_class where oid = cast(:table as regclass))
                and relname ~ ('^' || :table || '_(first|[0-9]+)$')
            """;

    private static final Pattern RANGE = Pattern.compile("FROM \\((.+)\\) TO \\((.+)\\)");

    /** The server shows times so if its time zone is UTC. */
    private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssX");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final TaskDatabase database;
    private final Layout layout;

    public Partitions(TaskDatabase database, Layout layout) {
        this.database = database;
        this.layout = layout;
    }

    /** What a table is divided by. */
    public enum Key {
        /** The id of a task, and so the time of its acceptance. */
        TASK_ID,
        /** A time. */
        TIME
    }

    /** How long the time of one partition is, in UTC. */
    public enum Length {
        DAY,
        /** From Monday on. */
        WEEK,
        MONTH;

        private static final DateTimeFormatter NAME_OF_A_MONTH = DateTimeFormatter.ofPattern("yyyyMM");

        private LocalDate startOf(LocalDate day) {
            return switch (this) {
                case DAY -> day;
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> day.with(TemporalAdjusters.firstDayOfMonth());
            };
        }

        private LocalDate endAfter(LocalDate day) {
            LocalDate start = startOf(day);
            return switch (this) {
                case DAY -> start.plusDays(1);
                case WEEK -> start.plusWeeks(1);
                case MONTH -> start.plusMonths(1);
            };
        }

        private String name(LocalDate start) {
            return (this == MONTH ? NAME_OF_A_MONTH : DateTimeFormatter.BASIC_ISO_DATE).format(start);
        }

        /** The latest end of a partition of this name; empty: the name is none of ours. A version before had months. */
        private Optional<LocalDate> endOf(String name) {
            if (name.length() == 6 && this != DAY) {
                return Optional.of(
                        YearMonth.parse(name, NAME_OF_A_MONTH).plusMonths(1).atDay(1));
            }
            return name.length() == 8 && this != MONTH
                    ? Optional.of(endAfter(LocalDate.parse(name, DateTimeFormatter.BASIC_ISO_DATE)))
                    : Optional.empty();
        }
    }

    /**
     * How a table is divided.
     *
     * @param table its name
     * @param options storage parameters of its partitions, as SQL has them in brackets; empty: none
     */
    public record Layout(String table, Key key, Length length, String options) {
        public Layout {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(length, "length");
            if (!table.matches("[a-z_]+")) {
                throw new IllegalArgumentException("table must be a plain name, was " + table);
            }
        }
    }

    /**
     * A partition as it is.
     *
     * @param from its first moment; null: it begins with the first row
     * @param to the moment after its last
     */
    record Partition(String name, @Nullable Instant from, Instant to, boolean detaching) {
        boolean holds(Instant moment) {
            return (from == null || !moment.isBefore(from)) && moment.isBefore(to);
        }
    }

    /**
     * Makes the partitions for all moments from one to another that have none. One that stands between others, as
     * after those of another length, fills the gap only.
     *
     * @return how many; none if another process is at it
     */
    public int make(Instant from, Instant to) {
        return alone(handle -> {
            List<Gap> gaps = gaps(layout.length(), from, to, existing(handle));
            gaps.forEach(gap -> attach(handle, gap));
            return gaps.size();
        });
    }

    /** The times from one moment to another, both included, that no partition holds; none of them longer than a length. */
    static List<Gap> gaps(Length length, Instant from, Instant to, List<Partition> existing) {
        List<Gap> gaps = new ArrayList<>();
        for (Instant moment = from; !moment.isAfter(to); ) {
            Gap gap = gap(length, moment, existing);
            if (gap.from().isBefore(gap.to())) {
                gaps.add(gap);
            }
            moment = gap.to();
        }
        return gaps;
    }

    /** Is a time without partition; empty if its ends are the same. */
    record Gap(Instant from, Instant to) {}

    /** The time of this moment's partition, as far as others leave it; if it has one, nothing at the end of that one. */
    private static Gap gap(Length length, Instant moment, List<Partition> existing) {
        LocalDate day = moment.atOffset(ZoneOffset.UTC).toLocalDate();
        Instant from = instant(length.startOf(day));
        Instant to = instant(length.endAfter(day));
        for (Partition partition : existing) {
            if (partition.holds(moment)) {
                return new Gap(partition.to(), partition.to());
            }
            if (!partition.to().isAfter(moment)) {
                from = from.isBefore(partition.to()) ? partition.to() : from;
            } else if (partition.from() != null) {
                to = to.isAfter(partition.from()) ? partition.from() : to;
            }
        }
        return new Gap(from, to);
    }

    /**
     * Drops the partitions all of whose rows are older than this moment. While the server removes the files of a large
     * one, it writes slowly, so this rests before the next one: for up to a minute, and 200 times as long as it took.
     *
     * @return how many; none if another process is at it
     */
    public int drop(Instant before) {
        Dropping dropping = new Dropping(before);
        int dropped = 0;
        while (alone(dropping) > 0) {
            dropped++;
            TaskDatabase.pause(restAfter(dropping.bytes, dropping.took));
        }
        return dropped;
    }

    /** Detaches what is over, and drops one of them. Others may make partitions before the next. */
    private final class Dropping implements Work {
        private final Instant before;
        private long bytes;
        private Duration took = Duration.ZERO;

        Dropping(Instant before) {
            this.before = before;
        }

        @Override
        public int on(Handle handle) {
            for (Partition partition : existing(handle)) {
                if (partition.detaching()) {
                    detach(handle, partition.name(), "finalize");
                } else if (!partition.to().isAfter(before)) {
                    detach(handle, partition.name(), "concurrently");
                }
            }
            Optional<String> over = leftOver(handle, before);
            over.ifPresent(name -> {
                bytes = handle.createQuery("select pg_total_relation_size(cast(:name as regclass))")
                        .bind("name", name)
                        .mapTo(Long.class)
                        .one();
                long began = System.nanoTime();
                handle.execute("drop table " + name);
                took = Duration.ofNanos(System.nanoTime() - began);
                log.info("dropped partition {}, whose time is over", name);
            });
            return over.isPresent() ? 1 : 0;
        }
    }

    /** Says how long to rest after a table of so many bytes was dropped and that took so long. */
    static Duration restAfter(long bytes, Duration took) {
        Duration rest = took.multipliedBy(REST);
        return bytes < SMALL ? Duration.ZERO : rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    }

    /**
     * Makes the partition of a moment, unless there is one. If another process is at it, it waits for that one.
     *
     * @throws DatabaseUnavailableException also if there is none after {@link #LOCK_WAIT}
     */
    public void ensure(Instant moment) {
        for (Duration waited = Duration.ZERO; !has(moment) && make(moment, moment) == 0; waited = waited.plus(PAUSE)) {
            if (waited.compareTo(LOCK_WAIT) > 0) {
                throw new DatabaseUnavailableException(new SQLTimeoutException(
                        "table %s has no partition for %s yet".formatted(layout.table(), moment)));
            }
            TaskDatabase.pause(PAUSE);
        }
    }

    private boolean has(Instant moment) {
        return seen().stream().anyMatch(partition -> partition.holds(moment));
    }

    private List<Partition> seen() {
        return database.inTransaction(handle -> {
            handle.execute("set local timezone = 'UTC'");
            return existing(handle);
        });
    }

    /** How far ahead of this moment there are partitions; zero if there is none for it. */
    public Duration ahead(Instant now) {
        return seen().stream()
                .map(Partition::to)
                .max(Comparator.naturalOrder())
                .filter(now::isBefore)
                .map(end -> Duration.between(now, end))
                .orElse(Duration.ZERO);
    }

    private void attach(Handle handle, Gap gap) {
        LocalDate start = gap.from().atOffset(ZoneOffset.UTC).toLocalDate();
        String name = layout.table() + "_" + layout.length().name(start);
        handle.execute("create table if not exists %s (like %s including all excluding identity)%s"
                .formatted(name, layout.table(), layout.options().isEmpty() ? "" : " with (" + layout.options() + ")"));
        handle.execute("alter table %s attach partition %s for values from ('%s') to ('%s')"
                .formatted(layout.table(), name, bound(gap.from()), bound(gap.to())));
        log.info("made partition {}", name);
    }

    private void detach(Handle handle, String name, String how) {
        handle.execute("alter table %s detach partition %s %s".formatted(layout.table(), name, how));
    }

    /** Finds a table that is detached and over. A killed process may have left it, too. */
    private Optional<String> leftOver(Handle handle, Instant before) {
        return handle.createQuery(LEFT_OVER).bind("table", layout.table()).mapTo(String.class).stream()
                .filter(name -> isOver(name.substring(layout.table().length() + 1), before))
                .findFirst();
    }

    /** The first partition is what was there before the table was divided. It is detached only when it is over. */
    private boolean isOver(String time, Instant before) {
        return time.equals("first")
                || layout.length()
                        .endOf(time)
                        .filter(end -> !instant(end).isAfter(before))
                        .isPresent();
    }

    /** The partitions, that first whose detaching was broken off: the server detaches no other before. */
    private List<Partition> existing(Handle handle) {
        List<Partition> partitions = new ArrayList<>();
        handle.createQuery(EXISTING)
                .bind("table", layout.table())
                .map((row, _) -> partition(row.getString("name"), row.getString("bound"), row.getBoolean("pending")))
                .forEach(partition -> partition.ifPresent(partitions::add));
        partitions.sort(Comparator.comparing(Partition::detaching).reversed().thenComparing(Partition::to));
        return partitions;
    }

    private Optional<Partition> partition(String name, String bound, boolean pending) {
        Matcher range = RANGE.matcher(bound);
        if (!range.find()) {
            return Optional.empty();
        }
        String from = range.group(1);
        return Optional.of(
                new Partition(name, from.equals("MINVALUE") ? null : moment(from), moment(range.group(2)), pending));
    }

    private String bound(Instant moment) {
        return switch (layout.key()) {
            case TASK_ID -> TaskId.bound(moment).toString();
            case TIME -> timestamp(moment).toString();
        };
    }

    private Instant moment(String bound) {
        String text = bound.substring(1, bound.length() - 1);
        return switch (layout.key()) {
            case TASK_ID -> new TaskId(UUID.fromString(text)).time();
            case TIME -> OffsetDateTime.parse(text, SHOWN).toInstant();
        };
    }

    private static Instant instant(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    @FunctionalInterface
    private interface Work {
        int on(Handle handle);
    }

    /**
     * Does this work on a connection of its own, unless another process does the like. It passes by the {@link
     * ConnectionBulkhead}, since a lock that it does not get is no lost database.
     */
    private int alone(Work work) {
        return database.upkeep(handle -> {
            boolean taken = handle.createQuery("select pg_try_advisory_lock(:lock, hashtext(:table))")
                    .bind("lock", LOCK)
                    .bind("table", layout.table())
                    .mapTo(Boolean.class)
                    .one();
            if (!taken) {
                return 0;
            }
            String timeout = handle.createQuery("show statement_timeout")
                    .mapTo(String.class)
                    .one();
            try {
                handle.execute("set lock_timeout = " + LOCK_WAIT.toMillis());
                handle.execute("set statement_timeout = 0");
                handle.execute("set timezone = 'UTC'");
                return work.on(handle);
            } catch (JdbiException e) {
                if (lockNotAvailable(e)) {
                    log.info("a query that runs uses {}; its partitions are looked at again later", layout.table());
                    return 0;
                }
                throw e;
            } finally {
                handle.execute("reset lock_timeout");
                // A reset would take the server's instead of the pool's
                handle.execute("set statement_timeout = '" + timeout + "'");
                handle.execute("reset timezone");
                handle.createQuery("select pg_advisory_unlock(:lock, hashtext(:table))")
                        .bind("lock", LOCK)
                        .bind("table", layout.table())
                        .mapTo(Boolean.class)
                        .one();
            }
        });
    }

    private static boolean lockNotAvailable(JdbiException failure) {
        return failure.getCause() instanceof SQLException sql && LOCK_NOT_AVAILABLE.equals(sql.getSQLState());
    }
}
