package io.pawline.taskstore;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.postgresql.PGStatement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Explains the statements by which a call is answered, with parameters as the server really ran them: by a plan for their
 * values or for all values. For one thread.
 */
public final class TestingPlans {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** A value of a parameter, as the driver puts it into the place of the parameter. */
    private static final Pattern VALUE = Pattern.compile("\\('[^']*+(?:''[^']*+)*+'(::\\w+)?\\)");

    private final TaskDatabase database;
    private final List<String> asked = new ArrayList<>();
    private boolean listening;

    public TestingPlans(TaskDatabase database) {
        this.database = database;
        database.jdbi().getConfig(SqlStatements.class).setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                // A batch of inserts is no statement any more when it has been run
                if (listening && context.getStatement() != null) {
                    asked.add(withValues(context));
                }
            }
        });
    }

    /**
     * What the statements of a call cost.
     *
     * @param returned rows that they returned or changed
     * @param removed rows that they read and that no answer needed
     * @param blocks blocks of tables and indexes that they touched
     * @param sequential tables that they read from end to end
     * @param plans all of it, for a person
     */
    public record Cost(long returned, long removed, long blocks, List<String> sequential, String plans) {}

    /** Makes the call, and then runs its statements once more, explained, in a transaction that is rolled back. */
    public Cost of(Callable<?> call) throws Exception {
        asked.clear();
        listening = true;
        try {
            call.call();
        } finally {
            listening = false;
        }
        return database.inTransaction(handle -> {
            Sums sums = new Sums();
            for (String statement : List.copyOf(asked)) {
                run(handle, statement, sums);
            }
            handle.rollback();
            return new Cost(
                    sums.returned, Math.round(sums.removed), sums.blocks, sums.sequential, sums.plans.toString());
        });
    }

    /** The statement as the driver shows it, with the values of its parameters in their places. */
    private static String withValues(StatementContext context) {
        try {
            return context.getStatement().unwrap(PGStatement.class).toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Handle handle, String sql, Sums sums) throws SQLException {
        try (Statement statement = handle.getConnection().createStatement()) {
            if (sql.strip().startsWith("set ")) {
                statement.execute(sql);
                return;
            }
            List<String> values = new ArrayList<>();
            String parameters = VALUE.matcher(sql).replaceAll(value -> {
                values.add(value.group());
                String type = value.group(1) == null ? "" : value.group(1);
                return Matcher.quoteReplacement("$" + values.size() + type);
            });
            statement.execute("prepare explained as " + parameters);
            String execute = "execute explained" + (values.isEmpty() ? "" : "(" + String.join(", ", values) + ")");
            try (ResultSet rows = statement.executeQuery("explain (analyze, buffers, format json) " + execute)) {
                rows.next();
                sums.plans.append(sql).append('\n').append(rows.getString(1)).append('\n');
                sums.addStatement(JSON.readTree(rows.getString(1)).get(0).path("Plan"));
            }
            statement.execute("deallocate explained");
        }
    }

    private static final class Sums {

        private long returned;
        private double removed;
        private long blocks;
        private final List<String> sequential = new ArrayList<>();
        private final StringBuilder plans = new StringBuilder();

        void addStatement(JsonNode plan) {
            returned += plan.path("Actual Rows").asLong(0);
            blocks += plan.path("Shared Hit Blocks").asLong(0)
                    + plan.path("Shared Read Blocks").asLong(0);
            addNode(plan);
        }

        private void addNode(JsonNode node) {
            double loops = node.path("Actual Loops").asDouble(1);
            for (String by : List.of("Filter", "Index Recheck", "Join Filter")) {
                removed += loops * node.path("Rows Removed by " + by).asDouble(0);
            }
            if (node.path("Node Type").asString("").equals("Seq Scan") && loops > 0) {
                sequential.add(node.path("Relation Name").asString(""));
            }
            node.path("Plans").forEach(this::addNode);
        }
    }
}
