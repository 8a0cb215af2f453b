package io.pawline.ingest.relay;

import io.pawline.ingest.IngestProperties;
import io.pawline.taskstore.Outbox;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Runs a real PostgreSQL with an outbox, and makes what passes its tasks on. */
final class TestingRelay implements AutoCloseable {

    private static final Clock CLOCK = Clock.fixed(TestingTasks.NOW, ZoneOffset.UTC);

    private final TestingPostgres postgres = TestingPostgres.shared();
    private final TaskDatabase database = TaskDatabase.open(postgres.database());

    TaskDatabase database() {
        return database;
    }

    void deleteTasks() {
        database.jdbi().useHandle(handle -> handle.execute("delete from task"));
    }

    /** Makes the release of tasks to stages that end none of them. */
    TaskRelease release(
            Outbox.Receiver receiver, IngestProperties.Relay settings, FairShares shares, LongSupplier nanoTime) {
        return release(receiver, settings, shares, _ -> false, nanoTime);
    }

    /** Makes the same, where tenants may have spent their money. */
    TaskRelease release(
            Outbox.Receiver receiver,
            IngestProperties.Relay settings,
            FairShares shares,
            Predicate<String> waitsForMoney,
            LongSupplier nanoTime) {
        return new TaskRelease(
                TaskRelease.AcceptedTasks.of(new Outbox(database, CLOCK)),
                receiver,
                new ReleaseWindow(_ -> 0, _ -> Optional.empty(), settings, CLOCK),
                shares,
                waitsForMoney,
                settings.batchSize(),
                nanoTime);
    }

    /** Settings of a relay that releases so many tasks at most, as long as none of them ends. */
    static IngestProperties.Relay settings(int batchSize, Duration pollInterval, int window) {
        return new IngestProperties.Relay(batchSize, pollInterval, pollInterval, Duration.ofSeconds(60), window);
    }

    @Override
    public void close() {
        database.close();
        postgres.close();
    }
}
