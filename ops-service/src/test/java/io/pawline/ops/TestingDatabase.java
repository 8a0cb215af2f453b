package io.pawline.ops;

import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import java.util.List;

/** Gives each test a database of its own on the one server of this JVM. */
public final class TestingDatabase {

    private static final TestingPostgres SERVER = TestingPostgres.shared();

    private TestingDatabase() {}

    /** Creates an empty database, and says how to reach it. */
    public static DatabaseProperties create() {
        return SERVER.create("ops");
    }

    /** Creates a database with all tables. */
    public static TaskDatabase open() {
        return TaskDatabase.open(create(), List.of("ops"));
    }
}
