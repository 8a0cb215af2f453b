package io.pawline.benchmarks;

import io.pawline.testkit.Contract;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
     * @param lost requests whose connection was reset before an answer was read; each may have been accepted
     * @param stored tasks in the database beyond those that were accepted
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
            int lost,
            int accepted,
            long stored,
            long left,
            long seed) {}

    private HostileRequestsRow() {}

    static BenchmarkRow.Findings hostile(BenchmarkRow.Setting setting)
            throws IOException, InterruptedException, ExecutionException, SQLException {
        int requests = setting.scale().of(REQUESTS, 300);
        long seed = System.nanoTime();
        List<String> routes = HostileRequests.routes(new Contract("/openapi.yaml"));
        byte[] photo = HexFormat.of().parseHex(PNG);
        try (IngestSite site = new IngestSite(setting, List.of())) {
            HostileClients.Result result = HostileClients.send(
                    site.port(), requests, seed, own -> new HostileRequests(routes, "", photo, own));
            Figures figures = new Figures(
                    requests,
                    new TreeMap<>(result.statuses()),
                    result.serverErrors(),
                    result.stuck(),
                    result.silent(),
                    result.lost(),
                    result.accepted().size(),
                    site.query("select count(*) from task") - result.accepted().size(),
                    filesOfNoTask(site, result),
                    seed);
            return findings(figures, result, site.runs());
        }
    }

    private static BenchmarkRow.Findings findings(Figures figures, HostileClients.Result result, boolean runs) {
        List<String> wrong = new ArrayList<>();
        BenchmarkRow.complain(wrong, figures.serverErrors(), "answers with 5xx");
        BenchmarkRow.complain(wrong, figures.stuck(), "requests without an answer after a minute");
        BenchmarkRow.complain(wrong, -figures.stored(), "accepted tasks are missing");
        BenchmarkRow.complain(wrong, figures.stored() - figures.lost(), "tasks more than can have been accepted");
        BenchmarkRow.complain(wrong, figures.left(), "files of requests that were refused");
        if (!runs) {
            wrong.add("ingest-service died");
        }
        wrong.addAll(result.failures());
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

    private static long filesOfNoTask(IngestSite site, HostileClients.Result result) throws IOException, SQLException {
        List<String> others;
        try (Stream<Path> files = Files.walk(site.images())) {
            others = files.filter(Files::isRegularFile)
                    .map(file -> site.images().relativize(file).toString().replaceFirst("/photo$", ""))
                    .filter(task -> !task.equals(".address-secret"))
                    .filter(task -> !result.accepted().contains(task))
                    .toList();
        }
        long left = 0;
        for (String other : others) {
            left += 1 - site.query("select count(*) from task where id::text = '%s'".formatted(other));
        }
        return left;
    }
}
