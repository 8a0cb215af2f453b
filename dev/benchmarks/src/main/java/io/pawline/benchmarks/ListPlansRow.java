package io.pawline.benchmarks;

import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskListing;
import io.pawline.taskstore.TestingHistory;
import io.pawline.taskstore.TestingListings;
import io.pawline.taskstore.TestingPlans;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.UndeliveredCallbacks;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Explains the lists of a long history by any filter, as a test does those of a short one. */
final class ListPlansRow {

    private static final int MOST_EXAMPLES = 5;

    private ListPlansRow() {}

    /**
     * Holds what was explained.
     *
     * @param dear lists that cost more than their page
     * @param mostBlocks blocks that one list touched
     * @param mostRemoved rows that one list read and did not need
     * @param seed of the filters
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(int tasks, int lists, int dear, long mostBlocks, long mostRemoved, long seed) {}

    static BenchmarkRow.Findings plans(BenchmarkRow.Setting setting, int tasks) throws Exception {
        // In a week of some hundred tasks, it is all the same to the server which index it takes
        int number = setting.scale().of(tasks, 100_000);
        int lists = setting.scale().of(1_000, 50);
        long seed = System.nanoTime();
        try (TestingPostgres postgres = TestingPostgres.shared();
                TaskDatabase database = TaskDatabase.open(postgres.database())) {
            setting.journal().step("  writing %,d tasks".formatted(number));
            TestingHistory.divide(database, TestingListings.FROM, TestingListings.FROM.plus(TestingListings.SPAN));
            TestingHistory.add(database, number, TestingListings.FROM, TestingListings.SPAN);
            setting.journal().step("  explaining");
            Explained explained = new Explained(new TestingPlans(database));
            TaskListing listing = new TaskListing(database, Clock.systemUTC());
            UndeliveredCallbacks callbacks = new UndeliveredCallbacks(database);
            Random random = new Random(seed);
            for (int i = 0; i < lists; i++) {
                TaskListing.Query query = TestingListings.query(random);
                explained.add(query.toString(), query.limit(), () -> listing.page(query));
                explained.add(
                        "undelivered callbacks: " + query,
                        query.limit(),
                        () -> callbacks.page(
                                query.tenant(),
                                query.after(),
                                query.limit(),
                                TestingListings.FROM.plus(TestingListings.SPAN)));
            }
            return explained.findings(number, seed);
        }
    }

    /** Sums up what lists cost. For one thread. */
    private static final class Explained {

        private final TestingPlans plans;
        private final List<String> examples = new ArrayList<>();
        private int lists;
        private int dear;
        private long mostBlocks;
        private long mostRemoved;

        Explained(TestingPlans plans) {
            this.plans = plans;
        }

        void add(String name, int limit, Callable<?> list) throws Exception {
            TestingPlans.Cost cost = plans.of(list);
            List<String> excess = TestingListings.excess(cost, limit);
            lists++;
            mostBlocks = Math.max(mostBlocks, cost.blocks());
            mostRemoved = Math.max(mostRemoved, cost.removed());
            if (!excess.isEmpty()) {
                dear++;
                if (examples.size() < MOST_EXAMPLES) {
                    examples.add("%s: %s\n%s".formatted(name, excess, cost.plans()));
                }
            }
        }

        BenchmarkRow.Findings findings(int tasks, long seed) {
            return new BenchmarkRow.Findings(
                    String.format(
                            Locale.ROOT,
                            "%,d lists in %,d tasks: %d cost more than their page; at most %,d blocks, and %,d rows"
                                    + " read for nothing",
                            lists,
                            tasks,
                            dear,
                            mostBlocks,
                            mostRemoved),
                    new Figures(tasks, lists, dear, mostBlocks, mostRemoved, seed),
                    dear == 0,
                    examples);
        }
    }
}
