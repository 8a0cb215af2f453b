package io.pawline.benchmarks;

import io.pawline.schemas.Stage;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.testkit.Contract;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileOperations;
import io.pawline.testkit.HostileRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Sends requests that are nearly right to all routes of ops-service, and counts failures and what is done. */
final class HostileOperationsRow {

    private static final int REQUESTS = 100_000;
    private static final int DEAD_LETTERS = 500;
    private static final int MOST_EXAMPLES = 5;

    /** Why something was done, by whatever it left. */
    private static final List<String> DONE =
            List.of("select why from audit", "select why from replay", "select why from dead_letter_edit");

    /**
     * Holds what was counted.
     *
     * @param answers how often each status was answered
     * @param cut requests whose connection was reset before an answer was read, or amid a good one
     * @param done entries in the audit, replays and edits
     * @param refused those of them that are of a request that was refused
     * @param seed of the requests
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int requests,
            Map<Integer, Integer> answers,
            int serverErrors,
            int stuck,
            int cut,
            int done,
            int refused,
            long seed) {}

    private HostileOperationsRow() {}

    static BenchmarkRow.Findings hostile(BenchmarkRow.Setting setting) throws Exception {
        int requests = setting.scale().of(REQUESTS, 300);
        long seed = System.nanoTime();
        List<String> routes = HostileRequests.routes(new Contract("/ops-openapi.yaml"));
        HostileOperations bodies = new HostileOperations(DEAD_LETTERS);
        try (OpsSite site = new OpsSite(setting)) {
            site.start();
            DeadLetterRows.index(site, DEAD_LETTERS, Stage.GENERATE, setting.journal());
            HostileClients.Result result = HostileClients.send(
                    site.port(), requests, seed, own -> new HostileRequests(routes, bodies, "", own));
            List<String> done = done(site);
            List<String> refused = result.unexplained(done);
            return findings(
                    new Figures(
                            requests,
                            new TreeMap<>(result.statuses()),
                            result.serverErrors(),
                            result.stuck(),
                            result.cut().size(),
                            done.size(),
                            refused.size(),
                            seed),
                    Stream.concat(result.failures().stream(), refused.stream().limit(MOST_EXAMPLES))
                            .toList());
        }
    }

    private static List<String> done(OpsSite site) {
        List<String> done = new ArrayList<>();
        try (TaskDatabase database = site.database()) {
            for (String query : DONE) {
                done.addAll(database.with(
                        handle -> handle.createQuery(query).mapTo(String.class).list()));
            }
        }
        return done;
    }

    private static BenchmarkRow.Findings findings(Figures figures, List<String> examples) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.serverErrors(), "answers with 5xx");
        BenchmarkRow.complain(wrong, figures.stuck(), "requests without an answer after a minute");
        BenchmarkRow.complain(wrong, figures.refused(), "actions of requests that were refused");
        wrong.addAll(examples);
        String summary = String.format(
                Locale.ROOT,
                "%,d mutated requests to all routes: %d answers with 5xx, %d without an answer; %,d actions, none of a"
                        + " request that was refused",
                figures.requests(),
                figures.serverErrors(),
                figures.stuck(),
                figures.done());
        return new BenchmarkRow.Findings(summary, figures, wrong.isEmpty(), wrong);
    }
}
