package io.pawline.ops.report;

import io.pawline.ops.http.Period;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sums that {@link RollUps} has made of the quarters of an hour of a period, and says of which parts of it there
 * are none. For one thread.
 */
final class RollUpReader {

    /** The right one of both is missing if the tenant had nothing in the quarter. */
    private static final String FRESH = """
            select every.quarter, mine.sums
            from report_rollup every left join report_rollup mine
                on mine.kind = every.kind and mine.quarter = every.quarter and mine.tenant = :mine
            where every.kind = :kind and every.tenant = '' and every.quarter >= :from and every.quarter <= :last
                and not exists (select from report_rollup_stale stale
                    where stale.kind = every.kind and stale.quarter = every.quarter)
            order by every.quarter
            """;

    private final PeriodQueries queries;
    private final boolean usable;

    /** @param exact whether no sums are to be used */
    RollUpReader(PeriodQueries queries, boolean exact) {
        this.queries = queries;
        this.usable = !exact && wholeMinutes(queries.period());
    }

    /** The spans of a report are whole minutes then, as those of the sums are. */
    private static boolean wholeMinutes(Period period) {
        return isWhole(period.from())
                && isWhole(period.to())
                && OverTime.span(period).compareTo(RollUps.SPAN) >= 0;
    }

    private static boolean isWhole(Instant moment) {
        return moment.equals(moment.truncatedTo(ChronoUnit.MINUTES));
    }

    /** Reads the sums over tasks; returns the parts of the period without any. */
    List<PeriodQueries> tasks(Consumer<TaskRollUp> consumer) {
        return read(RollUps.TASKS, sums -> consumer.accept(RollUps.read(sums, TaskRollUp.class)));
    }

    /** Reads the sums over calls; returns the parts of the period without any. */
    List<PeriodQueries> calls(Consumer<CallRollUp> consumer) {
        return read(RollUps.CALLS, sums -> consumer.accept(RollUps.read(sums, CallRollUp.class)));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Quarter(Instant at, byte @Nullable [] sums) {}

    private List<PeriodQueries> read(String kind, Consumer<byte[]> consumer) {
        if (!usable) {
            return List.of(queries);
        }
        List<PeriodQueries> rest = new ArrayList<>();
        Instant reached = queries.period().from();
        for (Quarter quarter : quarters(kind)) {
            addRest(rest, reached, quarter.at());
            if (quarter.sums() != null) {
                consumer.accept(quarter.sums());
            }
            reached = quarter.at().plus(RollUps.QUARTER);
        }
        addRest(rest, reached, queries.period().to());
        return rest;
    }

    private List<Quarter> quarters(String kind) {
        Period period = queries.period();
        return queries.handle()
                .createQuery(FRESH)
                .bind("kind", kind)
                .bind("mine", queries.tenant() == null ? "" : queries.tenant())
                .bind("from", period.start())
                .bind("last", period.end().minus(RollUps.QUARTER))
                .map((row, _) -> new Quarter(
                        row.getObject("quarter", OffsetDateTime.class).toInstant(), row.getBytes("sums")))
                .list();
    }

    private void addRest(List<PeriodQueries> rest, Instant from, Instant to) {
        if (from.isBefore(to)) {
            rest.add(new PeriodQueries(queries.handle(), new Period(from, to), queries.tenant()));
        }
    }
}
