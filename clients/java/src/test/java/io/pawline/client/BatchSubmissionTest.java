package io.pawline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.client.model.BatchResult;
import io.pawline.client.model.BatchResults;
import io.pawline.client.model.Submission;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests batches of which a part is refused. */
class BatchSubmissionTest {

    private static final List<Submission> CATS = List.of(cat(1), cat(2), cat(3));
    private static final String TAKEN =
            "{\"status\":202,\"task_id\":\"%s\",\"status_url\":\"http://localhost/\"}".formatted(ScriptedPawline.TASK);

    @Test
    void whatIsRefusedForTheMomentIsSentAgainUnderTheSameKey() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(
                results(TAKEN, refused(503, 4), refused(400, 0)), results(TAKEN, TAKEN, refused(400, 0)))) {
            BatchResults results = pawline.client().submitBatch(CATS);
            assertThat(results.getResults().stream().map(BatchResult::getStatus))
                    .containsExactly(202, 202, 400);
            assertThat(pawline.received).hasSize(2);
            assertThat(pawline.received.get(1).header("Idempotency-Key"))
                    .isEqualTo(pawline.received.get(0).header("Idempotency-Key"));
            assertThat(pawline.received.get(1).body())
                    .isEqualTo(pawline.received.get(0).body());
            assertThat(pawline.pacing.pauses)
                    .singleElement()
                    .satisfies(pause -> assertThat(pause).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5)));
        }
    }

    @Test
    void whatIsAcceptedIsAnsweredWhenTheTimeIsOver() throws Exception {
        try (ScriptedPawline pawline = ScriptedPawline.with(results(TAKEN, refused(429, 80), TAKEN))) {
            BatchResults results = pawline.client().submitBatch(CATS, "orders-1");
            assertThat(results.getResults().stream().map(BatchResult::getStatus))
                    .containsExactly(202, 429, 202);
            assertThat(pawline.received).hasSize(2);
        }
    }

    private static Submission cat(int number) {
        return new Submission()
                .imageUrl(URI.create("https://photos.example/cat-" + number + ".jpg"))
                .style("ink");
    }

    private static String refused(int status, int retryAfter) {
        return "{\"status\":%d,\"problem\":{\"type\":\"urn:pawline:problem:new\",\"status\":%d%s}}"
                .formatted(status, status, retryAfter == 0 ? "" : ",\"retry_after\":" + retryAfter);
    }

    private static ScriptedPawline.Reply results(String... results) {
        return ScriptedPawline.json(207, "{\"results\":[" + String.join(",", results) + "]}");
    }
}
