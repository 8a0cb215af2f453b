package io.pawline.ops;

import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The one PostgreSQL of this test JVM; each who asks gets a database of its own. */
public final class TestingDatabase {

    private static final TestingPostgres SERVER = TestingPostgres.start();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private TestingDatabase() {}

    /** How to reach a new, empty database. */
    public static DatabaseProperties create() {
        return SERVER.create("ops" + NUMBER.incrementAndGet());
    }

    /** A new database with all tables. */
    public static TaskDatabase open() {
        return TaskDatabase.open(create(), List.of("ops"));
    }
}
