package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Latency, capacity and faults, over HTTP. */
class LoadTest {

    @Test
    void refusesBeyondTheHardLimitAndQueuesBelow() throws Exception {
        try (Running running = new Running("text-to-image: {latency: {median: 1s}, capacity: 2, hard-limit: 5}")) {
            List<CompletableFuture<TestingProviderClient.Answer>> calls = IntStream.range(0, 8)
                    .mapToObj(_ ->
                            running.client.arkAsync("/images/generations", TestingProviderClient.generation("a cat")))
                    .toList();
            List<TestingProviderClient.Answer> answers =
                    calls.stream().map(CompletableFuture::join).toList();

            assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(5);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 429)
                    .hasSize(3)
                    .allSatisfy(answer -> assertThat(answer.at("/error/code")).isEqualTo("ServerOverloaded"));
            assertThat(running.textToImage().path("max_in_flight").intValue()).isEqualTo(5);
            int worked = running.textToImage().path("worked_ms").intValue();
            assertThat(worked).as("five calls of a second").isGreaterThanOrEqualTo(4_950);
            assertThat(running.textToImage().path("in_flight_ms").intValue())
                    .as("three of them wait as well")
                    .isGreaterThan(worked);
        }
    }

    @Test
    void keepsThePlaceOfACallThatTheClientGaveUp() throws Exception {
        try (Running running = new Running("text-to-image: {latency: {median: 2s}, capacity: 1, hard-limit: 1}")) {
            var request = running.client.arkRequest("/images/generations", TestingProviderClient.generation("a cat"));
            assertThatThrownBy(() -> running.client.sendWithin(Duration.ofMillis(300), request))
                    .isInstanceOf(HttpTimeoutException.class);

            assertThat(running.client.generate("a dog").status()).isEqualTo(429);
            assertThat(running.textToImage().path("in_flight").intValue()).isEqualTo(1);

            await().until(() -> running.textToImage().path("in_flight").intValue() == 0);
            await().until(() -> running.textToImage().path("given_up_by_client").intValue() == 1);
            assertThat(running.textToImage().path("billed").intValue())
                    .as("the work was done, so it is paid for")
                    .isEqualTo(1);
            assertThat(running.client.generate("a dog").status()).isEqualTo(200);
        }
    }

    @Test
    void knowsWhatIsPaidForAgainAtALaterAttempt() throws Exception {
        try (Running running = new Running("drawings: 1")) {
            for (String attempt : List.of("task-1-generate-1", "task-1-generate-2", "task-2-generate-1")) {
                var request = running.client
                        .arkRequest("/images/generations", TestingProviderClient.generation("a cat"))
                        .header("X-Client-Request-Id", attempt);
                assertThat(running.client.send(request).status()).isEqualTo(200);
            }

            assertThat(running.textToImage().path("duplicates_billed").intValue())
                    .isZero();
            assertThat(running.textToImage().path("repeats_billed").intValue()).isOne();
            assertThat(running.simulator.repeatsBilled()).isOne();
        }
    }

    @Test
    void countsItsWindowsFromTheGivenMoment() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2025-08-16T05:29:00Z"));
        InstantSource source = now::get;
        try (Running running = new Running(
                "text-to-image: {windows: [{from: 1m, errors: {InternalServiceError: 1}}]}",
                source.withZone(ZoneOffset.UTC))) {
            now.updateAndGet(before -> before.plusSeconds(59));
            running.simulator.beginNow();
            now.updateAndGet(before -> before.plusSeconds(59));
            assertThat(running.client.generate("a cat").status()).isEqualTo(200);
            now.updateAndGet(before -> before.plusSeconds(1));
            assertThat(running.client.generate("a cat").status()).isEqualTo(500);
        }
    }

    @Test
    void hangsUntilTheClientGivesUp() throws Exception {
        try (Running running = new Running("text-to-image: {errors: {hang: 1}}")) {
            var request = running.client.arkRequest("/images/generations", TestingProviderClient.generation("a cat"));
            assertThatThrownBy(() -> running.client.sendWithin(Duration.ofMillis(300), request))
                    .isInstanceOf(HttpTimeoutException.class);

            await().until(() -> running.textToImage().path("given_up_by_client").intValue() == 1);
            assertThat(running.textToImage().path("billed").intValue()).isZero();
        }
    }

    @Test
    void resetsTheConnection() throws Exception {
        try (Running running = new Running("text-to-image: {errors: {connection-reset: 1}}")) {
            assertThatThrownBy(() -> running.client.generate("a cat")).isInstanceOf(IOException.class);

            await().until(() -> running.textToImage().path("reset_by_simulator").intValue() >= 1);
        }
    }

    @Test
    void answersBrokenJson() throws Exception {
        try (Running running = new Running("text-to-image: {errors: {malformed: 1}}")) {
            var answer = running.client.generate("a cat");

            assertThat(answer.status()).isEqualTo(200);
            assertThatThrownBy(answer::json).isInstanceOf(JacksonException.class);
        }
    }

    @Test
    void answersAnyHttpStatusInTheProvidersShape() throws Exception {
        try (Running running =
                new Running("text-to-image: {errors: {http-502: 1}}\nmatting: {errors: {http-503: 1}}")) {
            var ark = running.client.generate("a cat");
            var volcengine = running.client.cutOut(running.simulator.baseUrl() + "/photos/cat.png");

            assertThat(ark.status()).isEqualTo(502);
            assertThat(ark.at("/error/code")).isEqualTo("InternalServiceError");
            assertThat(volcengine.status()).isEqualTo(503);
            assertThat(volcengine.at("/code")).isEqualTo("50500");
        }
    }

    @Test
    void followsItsWindowsByTheClock() throws Exception {
        Instant start = Instant.parse("2025-08-16T05:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(start);
        InstantSource source = now::get;
        Clock clock = source.withZone(ZoneOffset.UTC);
        try (Running running =
                new Running("text-to-image: {windows: [{from: 1m, to: 2m, errors: {ServerOverloaded: 1}}]}", clock)) {
            assertThat(running.client.generate("a cat").status()).isEqualTo(200);
            now.set(start.plusSeconds(60));
            assertThat(running.client.generate("a cat").status()).isEqualTo(429);
            now.set(start.plusSeconds(120));
            assertThat(running.client.generate("a cat").status()).isEqualTo(200);
        }
    }

    @Test
    void meetsTheSameFaultsInEveryRunOfOneSeed() throws Exception {
        String profile = "seed: 5\ntext-to-image: {errors: {InternalServiceError: 0.4}}";

        assertThat(statuses(profile)).isEqualTo(statuses(profile)).contains(200, 500);
    }

    @Test
    void holdsAThousandSlowCallsAtOnce() throws Exception {
        try (Running running = new Running("callback: {latency: {median: 1500ms}}")) {
            var url = running.simulator.baseUrl().resolve("/callbacks/many");
            List<CompletableFuture<Integer>> calls = IntStream.range(0, 1000)
                    .mapToObj(i -> running.client.postAsync(url, "{\"n\":%d}".formatted(i)))
                    .toList();

            await().until(() -> running.client
                            .get("/stats")
                            .json()
                            .at("/providers/callback/max_in_flight")
                            .intValue()
                    >= 900);
            assertThat(calls).extracting(CompletableFuture::join).containsOnly(200);
        }
    }

    private static List<Integer> statuses(String profile) throws Exception {
        try (Running running = new Running(profile)) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                statuses.add(running.client.generate("a cat").status());
            }
            return statuses;
        }
    }

    private static final class Running implements AutoCloseable {
        private final ProviderSimulator simulator;
        private final TestingProviderClient client;

        Running(String profile) throws IOException {
            this(profile, Clock.systemUTC());
        }

        Running(String profile, Clock clock) throws IOException {
            simulator = new ProviderSimulator(SimulatorOptions.of(Profile.parse("test.yaml", profile), 0), clock);
            simulator.start();
            client = new TestingProviderClient(simulator.baseUrl(), clock);
        }

        JsonNode textToImage() throws IOException, InterruptedException {
            return client.get("/stats").json().at("/providers/text-to-image");
        }

        @Override
        public void close() {
            client.close();
            simulator.close();
        }
    }
}
