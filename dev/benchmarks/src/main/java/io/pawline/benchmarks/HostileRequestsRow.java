package io.pawline.benchmarks;

import io.pawline.testkit.Contract;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileRequests;
import io.pawline.testkit.HostileSubmissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Sends requests that are nearly right to all routes of ingest-service, and counts failures and what is kept. */
final class HostileRequestsRow {

    private static final int REQUESTS = 100_000;

    /** A grey picture of one pixel. */
    private static final String PNG = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
            + "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082";

    /**
     * Holds what was counted.
     *
     * @param answers how often each status was answered
     * @param cut requests whose connection was reset before an answer was read, or amid a good one; each may have been
     *     accepted
     * @param missing accepted tasks that are not in the database
     * @param stored tasks in the database that are of no request that was accepted or cut
     * @param left files in the image store that are no photos of tasks
     * @param seed of the requests
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Figures(
            int requests,
            Map<Integer, Integer> answers,
            int serverErrors,
            int stuck,
            int silent,
            int cut,
            int accepted,
            long missing,
            int stored,
            long left,
            long seed) {}

    private static final String TASKS =
            "select id::text, concat_ws(' ', style, photo_url, client_ref, metadata::text) from task";

    private static final int MOST_EXAMPLES = 5;

    private HostileRequestsRow() {}

    static BenchmarkRow.Findings hostile(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        int requests = setting.scale().of(REQUESTS, 300);
        long seed = System.nanoTime();
        List<String> routes = HostileRequests.routes(new Contract("/openapi.yaml"));
        HostileSubmissions bodies = new HostileSubmissions(HexFormat.of().parseHex(PNG));
        try (IngestSite site = new IngestSite(setting, List.of())) {
            HostileClients.Result result = HostileClients.send(
                    site.port(), requests, seed, own -> new HostileRequests(routes, bodies, "", own));
            Map<String, String> tasks = site.texts(TASKS);
            List<String> stored = result.unexplained("task", tasks);
            Figures figures = new Figures(
                    requests,
                    new TreeMap<>(result.statuses()),
                    result.serverErrors(),
                    result.stuck(),
                    result.silent(),
                    result.cut().size(),
                    result.made("task").size(),
                    result.made("task").stream()
                            .filter(task -> !tasks.containsKey(task))
                            .count(),
                    stored.size(),
                    filesOfNoTask(site, tasks.keySet()),
                    seed);
            return findings(figures, result, stored, site.runs());
        }
    }

    private static BenchmarkRow.Findings findings(
            Figures figures, HostileClients.Result result, List<String> stored, boolean runs) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.serverErrors(), "answers with 5xx");
        BenchmarkRow.complain(wrong, figures.stuck(), "requests without an answer after a minute");
        BenchmarkRow.complain(wrong, figures.missing(), "accepted tasks are missing");
        BenchmarkRow.complain(wrong, figures.stored(), "tasks of requests that were refused");
        BenchmarkRow.complain(wrong, figures.left(), "files of requests that were refused");
        if (!runs) {
            wrong.add("ingest-service died");
        }
        wrong.addAll(result.failures());
        stored.stream().limit(MOST_EXAMPLES).forEach(wrong::add);
        String summary = String.format(
                Locale.ROOT,
                "%,d mutated requests to all routes: %d answers with 5xx, %d without an answer; %,d tasks accepted, nothing"
                        + " kept of the others",
                figures.requests(),
                figures.serverErrors(),
                figures.stuck(),
                figures.accepted());
        return new BenchmarkRow.Findings(summary, figures, wrong.isEmpty(), wrong);
    }

    private static long filesOfNoTask(IngestSite site, Set<String> tasks) throws IOException {
        try (Stream<Path> files = Files.walk(site.images())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> site.images().relativize(file).toString().replaceFirst("/photo$", ""))
                    .filter(name -> !name.equals(".address-secret") && !tasks.contains(name))
                    .count();
        }
    }
}
