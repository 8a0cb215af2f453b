package io.pawline.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.deadletters.DeadLetterIndex;
import io.pawline.ops.deadletters.IndexedDeadLetter;
import io.pawline.ops.deadletters.TestingDeadLetters;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.HostileClients;
import io.pawline.testkit.HostileOperations;
import io.pawline.testkit.HostileRequests;
import io.pawline.testkit.TestingKafka;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Sends requests that are nearly right to all routes. */
class HostileOperationsIT {

    private static final int REQUESTS = 3_000;
    private static final int DEAD_LETTERS = 200;

    @Test
    void neverFailsAndDoesNothingThatItRefuses() throws ExecutionException, InterruptedException {
        TestingKafka.freshTopics(1);
        try (TestingOps ops = new TestingOps(
                TestingDatabase.create(), "--pawline.ops.open-access=false", "--pawline.ops.tenant=staff")) {
            String key = ops.newKey("staff", "hostile", Scope.READ, Scope.OPERATE);
            List<IndexedDeadLetter> deadLetters = new ArrayList<>();
            for (int i = 0; i < DEAD_LETTERS; i++) {
                deadLetters.add(TestingDeadLetters.deadLetter(
                        TestingTasks.submission(),
                        i % 2 == 0 ? "detect" : "generate",
                        "no_pet",
                        "A wall without fur.",
                        TestingTasks.NOW));
            }
            ops.bean(DeadLetterIndex.class).add(deadLetters);
            List<String> routes = new ArrayList<>(HostileRequests.routes(TestingOps.CONTRACT));
            routes.addAll(List.of("GET /", "GET /console/app.js"));
            // Few of them are whole, and one at least has to be taken
            routes.addAll(Collections.nCopies(12, "POST /v1/replays"));
            // A few discards leave nothing to replay
            List<String> noDiscards =
                    routes.stream().filter(route -> !route.endsWith("/discard")).toList();

            HostileClients.Result first = send(ops.port(), noDiscards, key);
            HostileClients.Result then = send(ops.port(), routes, key);

            assertThat(first.statuses()).containsKeys(200, 201, 400, 401, 404, 415);
            for (HostileClients.Result result : List.of(first, then)) {
                assertThat(result.failures()).isEmpty();
                assertThat(result.serverErrors()).isZero();
            }
            List<String> done = texts(ops, "select why from audit");
            assertThat(done).isNotEmpty();
            assertThat(then.unexplained(first.unexplained(done))).isEmpty();
            assertThat(then.unexplained(first.unexplained(texts(ops, "select why from replay"))))
                    .isEmpty();
            assertThat(then.unexplained(first.unexplained(texts(ops, "select why from dead_letter_edit"))))
                    .isEmpty();
        }
    }

    private static HostileClients.Result send(int port, List<String> routes, String key)
            throws ExecutionException, InterruptedException {
        return HostileClients.send(
                port,
                REQUESTS / 2,
                System.nanoTime(),
                seed -> new HostileRequests(
                        routes, new HostileOperations(DEAD_LETTERS), "Authorization: Bearer " + key + "\r\n", seed));
    }

    private static List<String> texts(TestingOps ops, String query) {
        return ops.bean(TaskDatabase.class)
                .with(handle -> handle.createQuery(query).mapTo(String.class).list());
    }
}
