package io.pawline.taskstore;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskListing.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for pages of a {@link TestingHistory} by any filter, and says what a page may cost. */
public final class TestingListings {

    public static final Instant FROM = Instant.parse("2026-10-14T00:00:00Z");
    public static final Duration SPAN = Duration.ofDays(40);

    private static final List<String> TENANTS = List.of("large", "middle", "small", "gone", "many-7", "nobody");
    private static final List<String> CLIENT_REFS = List.of("all", "order-1", "order-50017", "none");
    private static final List<Instant> FAR_AWAY =
            List.of(Instant.MIN, Instant.EPOCH, Instant.parse("+20000-01-01T00:00:00Z"), Instant.MAX);
    private static final List<Reason> REASONS = List.of(
            Reason.READ_TIMEOUT,
            Reason.BILLING,
            Reason.UNCLASSIFIED,
            Reason.DEADLINE_PASSED,
            Reason.CANCELLED,
            Reason.NO_PET);

    private TestingListings() {}

    /** Any combination of what the API takes. */
    public static Query query(Random random) {
        Instant after = sometimes(random, 0.5, () -> moment(random));
        return new Query(
                one(random, TENANTS),
                sometimes(random, 0.6, () -> one(random, Arrays.asList(TaskState.values()))),
                sometimes(random, 0.5, () -> one(random, REASONS)),
                sometimes(random, 0.5, () -> bound(random)),
                sometimes(random, 0.5, () -> bound(random)),
                sometimes(random, 0.5, () -> one(random, CLIENT_REFS)),
                after == null ? null : TaskId.at(after),
                random.nextBoolean() ? 2 : 51);
    }

    /** Any moment, and now and then one at which no task can have been accepted. */
    private static Instant bound(Random random) {
        return random.nextInt(10) == 0 ? one(random, FAR_AWAY) : moment(random);
    }

    private static Instant moment(Random random) {
        return FROM.plusMillis(random.nextLong(-100, SPAN.toMillis() + 101));
    }

    private static <T> T one(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static <T> @Nullable T sometimes(Random random, double share, Supplier<T> value) {
        return random.nextDouble() < share ? value.get() : null;
    }

    /**
     * Says what a page costs more than its own tasks explain, however long the history is.
     *
     * @param limit tasks that the page could have
     * @return empty: nothing
     */
    public static List<String> excess(TestingPlans.Cost cost, int limit) {
        // Each row has its block and its place in an index; the way down an index is some blocks
        long blocks = 12L * limit + 200;
        long removed = 10 * cost.returned() + limit;
        return Arrays.asList(
                        cost.sequential().isEmpty() ? "" : "reads from end to end: " + cost.sequential(),
                        cost.removed() <= removed
                                ? ""
                                : "drops %d rows, more than %d".formatted(cost.removed(), removed),
                        cost.blocks() <= blocks
                                ? ""
                                : "touches %d blocks, more than %d".formatted(cost.blocks(), blocks))
                .stream()
                .filter(fault -> !fault.isEmpty())
                .toList();
    }
}
