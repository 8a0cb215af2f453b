package io.pawline.cli.check;

import io.pawline.cli.connection.DatabaseOptions;
import io.pawline.cli.terminal.Failures;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.TaskDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** Looks at the task database: whether it answers, its tables are up to date, and its user may write them. */
public final class DatabaseCheck {

    private static final String DATABASE = "database";
    private static final int CONNECT_SECONDS = 5;
    private static final int ANSWER_SECONDS = 10;

    private final DatabaseOptions options;
    private final Clocks clocks;
    private final Clock clock;

    /** A check of the database that the options name. */
    public DatabaseCheck(DatabaseOptions options, Clocks clocks, Clock clock) {
        this.options = options;
        this.clocks = clocks;
        this.clock = clock;
    }

    /** Returns what was found; never throws for what it finds. */
    public List<Finding> findings() {
        Optional<DatabaseProperties> named;
        try {
            named = options.properties();
        } catch (IllegalStateException | IllegalArgumentException incomplete) {
            return List.of(Finding.fail(DATABASE, "-", Failures.inOneLine(incomplete), ""));
        }
        return named.map(this::findings)
                .orElseGet(() -> List.of(Finding.skipped(
                        DATABASE,
                        "-",
                        "none is named, and no local stack has run here",
                        "name it with --database-url")));
    }

    private List<Finding> findings(DatabaseProperties database) {
        // The rest may hold a password
        String where = database.url().replaceAll("\\?.*", "");
        List<Finding> findings = new ArrayList<>();
        try (Connection connection = source(database).getConnection();
                Statement statement = connection.createStatement()) {
            findings.add(server(where, statement));
            Finding tables = tables(where, database);
            findings.add(tables);
            findings.add(
                    tables.state() == Finding.State.OK
                            ? writable(where, statement)
                            : Finding.skipped("database writes", where, "the tables are not up to date", ""));
        } catch (SQLException failed) {
            findings.add(Finding.fail(
                    DATABASE,
                    where,
                    Failures.inOneLine(failed),
                    "see that the address, sslmode, user and password are right, and that the server runs"));
            if (findings.size() == 1) {
                findings.add(Finding.skipped("tables", where, "the database is not reached", ""));
                findings.add(Finding.skipped("database writes", where, "the database is not reached", ""));
            }
        }
        return findings;
    }

    private Finding server(String where, Statement statement) throws SQLException {
        Instant asked = clock.instant();
        try (ResultSet row = statement.executeQuery("select clock_timestamp(), current_setting('server_version')")) {
            row.next();
            clocks.note(
                    where,
                    asked,
                    clock.instant(),
                    row.getObject(1, OffsetDateTime.class).toInstant());
            return Finding.ok(DATABASE, where, "PostgreSQL " + row.getString(2));
        }
    }

    /** Reads the history of the tables and changes nothing, whatever the settings say. */
    private static Finding tables(String where, DatabaseProperties database) {
        DatabaseProperties asTheyAre =
                new DatabaseProperties(database.url(), database.username(), database.password(), 1, false);
        try {
            TaskDatabase.open(asTheyAre).close();
            return Finding.ok("tables", where, "up to date");
        } catch (IllegalStateException | DatabaseUnavailableException lacking) {
            return Finding.fail("tables", where, Failures.inOneLine(lacking), "in the chart, the setup job does that");
        }
    }

    private static Finding writable(String where, Statement statement) throws SQLException {
        String question = "select pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,"
                + " has_table_privilege('task', 'insert') and has_table_privilege('task', 'update')";
        try (ResultSet row = statement.executeQuery(question)) {
            row.next();
            if (row.getBoolean(1) || row.getBoolean(2)) {
                return Finding.fail(
                        "database writes",
                        where,
                        row.getBoolean(1) ? "the server is a standby" : "transactions are read-only",
                        "name the primary server (targetServerType=primary)");
            }
            return row.getBoolean(3)
                    ? Finding.ok("database writes", where, "allowed")
                    : Finding.fail(
                            "database writes",
                            where,
                            "the user may not insert and update tasks",
                            "grant it insert, update and delete on Pawline's tables");
        }
    }

    private static PGSimpleDataSource source(DatabaseProperties database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(database.username());
        source.setPassword(database.password());
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setSocketTimeout(ANSWER_SECONDS);
        source.setApplicationName("pawline-check");
        return source;
    }
}
