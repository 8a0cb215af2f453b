package io.pawline.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskListing.Query;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Lists cost by their page, whatever they are filtered by, and however long the history is. {@code ./pawline bench history}
 * asserts the same of three million tasks.
 */
class ListingCostIT {

    /** In a week of 50,000, some indexes are deeper than others, which counts for a plan. */
    private static final int TASKS = 300_000;

    private static final TestingPostgres POSTGRES = TestingPostgres.shared();
    private static final TaskDatabase DATABASE = TaskDatabase.open(POSTGRES.database());
    private static final TestingPlans PLANS = new TestingPlans(DATABASE);
    private static final TaskListing LISTING = new TaskListing(DATABASE, Clock.systemUTC());
    private static final List<Stored> ALL = new ArrayList<>();

    /** A task as the table has it. */
    private record Stored(
            UUID id,
            String tenant,
            String state,
            @Nullable String reason,
            @Nullable String clientRef) {}

    @BeforeContainer
    static void fill() throws SQLException {
        TestingHistory.divide(DATABASE, TestingListings.FROM, TestingListings.FROM.plus(TestingListings.SPAN));
        TestingHistory.add(DATABASE, TASKS, TestingListings.FROM, TestingListings.SPAN);
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

        TestingPlans.Cost cost = PLANS.of(() -> callbacks.page(
                query.tenant(), query.after(), query.limit(), TestingListings.FROM.plus(TestingListings.SPAN)));

        assertCheap(cost, query.limit());
    }

    private static void assertCheap(TestingPlans.Cost cost, int limit) {
        assertThat(TestingListings.excess(cost, limit)).as(cost.plans()).isEmpty();
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

    @Provide
    Arbitrary<Query> queries() {
        return Arbitraries.randomValue(TestingListings::query);
    }
}
