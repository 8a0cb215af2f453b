package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskListing.Query;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Lists cost by their page, whatever they are filtered by, and however long the history is. */
class ListingCostIT {

    private static final int TASKS = 100_000;
    private static final Instant FROM = Instant.parse("2026-10-14T00:00:00Z");
    private static final Duration SPAN = Duration.ofDays(40);

    private static final TestingPostgres POSTGRES = TestingPostgres.start();
    private static final TaskDatabase DATABASE = TaskDatabase.open(POSTGRES.database("postgres"));
    private static final TestingPlans PLANS = new TestingPlans(DATABASE);
    private static final TaskListing LISTING = new TaskListing(DATABASE);
    private static final List<Stored> ALL = new ArrayList<>();

    /** A task as the table has it. */
    private record Stored(
            UUID id,
            String tenant,
            String state,
            @Nullable String reason,
            @Nullable String clientRef) {}

    @BeforeContainer
    static void fill() {
        TestingHistory.add(DATABASE, TASKS, FROM, SPAN);
        ALL.addAll(DATABASE.with(handle -> handle.createQuery("select * from task")
                .map((row, _) -> new Stored(
                        row.getObject("id", UUID.class),
                        row.getString("tenant"),
                        row.getString("state"),
                        row.getString("reason"),
                        row.getString("client_ref")))
                .list()));
    }

    @AfterContainer
    static void stop() {
        DATABASE.close();
        POSTGRES.close();
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void aPageCostsByItsTasksWhateverTheFilter(@ForAll("queries") Query query) throws Exception {
        TestingPlans.Cost cost = PLANS.of(() -> LISTING.page(query));

        assertCheap(cost, query.limit());
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void aPageHasTheNewestTasksThatFit(@ForAll("queries") Query query) {
        assertThat(LISTING.page(query))
                .extracting(task -> task.id().value())
                .containsExactlyElementsOf(expected(query).toList());
    }

    @Property(tries = 20, shrinking = ShrinkingMode.OFF)
    void undeliveredCallbacksCostByTheirPage(@ForAll("queries") Query query) throws Exception {
        UndeliveredCallbacks callbacks = new UndeliveredCallbacks(DATABASE);

        TestingPlans.Cost cost =
                PLANS.of(() -> callbacks.page(query.tenant(), query.after(), query.limit(), FROM.plus(SPAN)));

        assertCheap(cost, query.limit());
    }

    private static void assertCheap(TestingPlans.Cost cost, int limit) {
        assertThat(cost.sequential()).as(cost.plans()).isEmpty();
        assertThat(cost.removed()).as(cost.plans()).isLessThanOrEqualTo(10 * cost.returned() + limit);
        // Each row has its block and its place in an index; the way down an index is some blocks
        assertThat(cost.blocks()).as(cost.plans()).isLessThanOrEqualTo(12L * limit + 200);
    }

    private static Stream<UUID> expected(Query query) {
        return ALL.stream()
                .filter(task -> task.tenant().equals(query.tenant()))
                .filter(task -> query.state() == null
                        || task.state().equals(query.state().code()))
                .filter(task -> query.reason() == null || query.reason().code().equals(task.reason()))
                .filter(task -> query.clientRef() == null || query.clientRef().equals(task.clientRef()))
                .filter(task -> query.from() == null || !timeOf(task).isBefore(query.from()))
                .filter(task -> query.to() == null || timeOf(task).isBefore(query.to()))
                .filter(task -> query.after() == null
                        || task.id().toString().compareTo(query.after().toString()) < 0)
                .map(Stored::id)
                .sorted(Comparator.comparing(UUID::toString).reversed())
                .limit(query.limit());
    }

    private static Instant timeOf(Stored task) {
        return new TaskId(task.id()).time();
    }

    /** Any combination of what the API takes. */
    @Provide
    Arbitrary<Query> queries() {
        return Combinators.combine(
                        Arbitraries.of("large", "middle", "small", "gone", "many-7", "nobody"),
                        Arbitraries.of(TaskState.values()).injectNull(0.4),
                        Arbitraries.of(
                                        Reason.READ_TIMEOUT,
                                        Reason.BILLING,
                                        Reason.UNCLASSIFIED,
                                        Reason.DEADLINE_PASSED,
                                        Reason.CANCELLED,
                                        Reason.NO_PET)
                                .injectNull(0.5),
                        moments(),
                        moments(),
                        Arbitraries.of("all", "order-1", "order-50017", "none").injectNull(0.5),
                        moments(),
                        Arbitraries.of(2, 51))
                .as((tenant, state, reason, from, to, clientRef, after, limit) -> new Query(
                        tenant, state, reason, from, to, clientRef, after == null ? null : TaskId.at(after), limit));
    }

    private static Arbitrary<@Nullable Instant> moments() {
        return Arbitraries.longs()
                .between(-100, SPAN.toMillis() + 100)
                .map(FROM::plusMillis)
                .injectNull(0.5);
    }
}
