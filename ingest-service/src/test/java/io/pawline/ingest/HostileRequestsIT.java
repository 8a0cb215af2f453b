package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
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
        try (TestingPostgres postgres = TestingPostgres.start();
                TestingIngest ingest = new TestingIngest(postgres, images)) {
            String key = ingest.newKey("hostile", Scope.SUBMIT, Scope.READ, Scope.WEBHOOK);
            List<String> routes = HostileRequests.routes(TestingIngest.CONTRACT);

            HostileClients.Result result = HostileClients.send(
                    ingest.port(),
                    REQUESTS,
                    System.nanoTime(),
                    seed -> new HostileRequests(
                            routes, "Authorization: Bearer " + key + "\r\n", TestingPngs.PNG, seed));

            assertThat(result.failures()).isEmpty();
            assertThat(result.serverErrors()).isZero();
            assertThat(result.statuses()).containsKeys(202, 207, 400, 401, 404, 415);
            Set<String> tasks = tasks(ingest);
            assertThat(tasks).containsAll(result.accepted());
            assertThat(tasks.size() - result.accepted().size()).isLessThanOrEqualTo(result.lost());
            assertThat(tasks).containsAll(photos());
        }
    }

    private static Set<String> tasks(TestingIngest ingest) {
        return ingest.bean(TaskDatabase.class)
                .jdbi()
                .withHandle(handle -> handle.createQuery("select id::text from task")
                        .mapTo(String.class)
                        .set());
    }

    /** The tasks whose photos are in the store. Anything else in there is not expected. */
    private Set<String> photos() throws IOException {
        try (Stream<Path> files = Files.walk(images)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> images.relativize(file).toString().replaceFirst("/photo$", ""))
                    .filter(name -> !name.equals(".address-secret"))
                    .collect(Collectors.toSet());
        }
    }
}
