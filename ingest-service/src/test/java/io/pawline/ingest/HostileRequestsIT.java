package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileRequests;
import io.pawline.testkit.HostileSubmissions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends requests that are nearly right to all routes. {@code ./pawline bench ingest} sends many more of them. */
class HostileRequestsIT {

    private static final int REQUESTS = 3_000;

    @TempDir
    Path images;

    @Test
    void neverFailsAndKeepsNothingThatItRefuses() throws IOException, ExecutionException, InterruptedException {
        try (TestingPostgres postgres = TestingPostgres.shared();
                TestingIngest ingest = new TestingIngest(postgres, images)) {
            String key = ingest.newKey("hostile", Scope.SUBMIT, Scope.READ, Scope.WEBHOOK);
            String upload = open(ingest.as(Optional.of(key)));
            List<String> routes = new ArrayList<>(HostileRequests.routes(TestingIngest.CONTRACT));
            routes.addAll(List.of("PUT " + upload, "POST /v1/tasks", "POST /v1/tasks", "POST /v1/tasks"));
            HostileSubmissions bodies = new HostileSubmissions(TestingPngs.PNG);

            HostileClients.Result result = HostileClients.send(
                    ingest.port(),
                    REQUESTS,
                    System.nanoTime(),
                    seed -> new HostileRequests(routes, bodies, "Authorization: Bearer " + key + "\r\n", seed));

            assertThat(result.failures()).isEmpty();
            assertThat(result.serverErrors()).isZero();
            assertThat(result.statuses()).containsKeys(201, 202, 204, 207, 400, 401, 404, 415);
            Map<String, String> tasks = kept(
                    ingest, "select id::text, concat_ws(' ', style, photo_url, client_ref, metadata::text) from task");
            assertThat(tasks).containsKeys(result.made("task").toArray(String[]::new));
            assertThat(result.unexplained("task", tasks)).isEmpty();
            Map<String, String> uploads = kept(ingest, "select id::text, coalesce(sha256, '') from upload");
            uploads.keySet().removeIf(upload::contains);
            assertThat(uploads).containsKeys(result.made("upload").toArray(String[]::new));
            Map<String, String> marks = result.ends().keySet().stream()
                    .collect(Collectors.toMap(HostileSubmissions::sha256, Function.identity()));
            uploads.replaceAll((_, sha256) -> marks.getOrDefault(sha256, sha256));
            assertThat(result.unexplained("upload", uploads)).isEmpty();
            assertThat(tasks.keySet()).containsAll(photos(upload));
        }
    }

    private static Map<String, String> kept(TestingIngest ingest, String query) {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle ->
                        handle
                                .createQuery(query)
                                .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                                .list()
                                .stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** The path and the query of an address that takes a photo. */
    private static String open(TestingIngest ingest) {
        URI address = URI.create(
                ingest.openUpload("{\"media_type\":\"image/png\",\"length\":%d}".formatted(TestingPngs.PNG.length))
                        .json()
                        .get("url")
                        .asString());
        return address.getRawPath() + "?" + address.getRawQuery();
    }

    /** The tasks whose photos are in the store. Anything else in there is not expected. */
    private Set<String> photos(String upload) throws IOException {
        try (Stream<Path> files = Files.walk(images)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> images.relativize(file).toString().replaceFirst("/photo$", ""))
                    .filter(name -> !name.equals(".address-secret"))
                    .filter(name -> !upload.contains(name.replaceFirst("incoming/", "/v1/uploads/")))
                    .collect(Collectors.toSet());
        }
    }
}
