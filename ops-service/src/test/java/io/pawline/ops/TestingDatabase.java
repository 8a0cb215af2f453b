package io.pawline.ops;

import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the one PostgreSQL of this test JVM; each test gets a database of its own. */
public final class TestingDatabase {

    private static final TestingPostgres SERVER = TestingPostgres.start();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private TestingDatabase() {}

    /** Creates an empty database, and says how to reach it. */
    public static DatabaseProperties create() {
        return SERVER.create("ops" + NUMBER.incrementAndGet());
    }

    /** Creates a database with all tables. */
    public static TaskDatabase open() {
        return TaskDatabase.open(create(), List.of("ops"));
    }
}
