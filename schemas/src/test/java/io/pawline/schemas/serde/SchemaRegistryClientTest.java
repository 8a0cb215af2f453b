package io.pawline.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.events.TaskAccepted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SchemaRegistryClientTest {

    private static final Schema SCHEMA = TaskAccepted.SCHEMA$;

    private final TestingRegistry registry = new TestingRegistry();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        registry.close();
    }

    @Test
    void sendsOneRequestForAllThreadsThatWait() throws Exception {
        SchemaRegistryClient client = client(Map.of());
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        registry.beforeAnswering(request -> {
            asked.countDown();
            await(mayAnswer);
        });
        List<Future<Integer>> ids = IntStream.range(0, 500)
                .mapToObj(i -> threads.submit(() -> client.register("a", SCHEMA)))
                .toList();
        await(asked);
        mayAnswer.countDown();
        for (Future<Integer> id : ids) {
            assertThat(id.get()).isEqualTo(1);
        }
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void isNotHeldUpByASchemaThatIsSlowToCome() {
        SchemaRegistryClient client = client(Map.of());
        int slow = registry.holds("\"string\"");
        int quick = registry.holds("\"bytes\"");
        CountDownLatch slowAsked = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        registry.beforeAnswering(request -> {
            if (request.endsWith("/" + slow)) {
                slowAsked.countDown();
                await(mayAnswer);
            }
        });
        Future<Schema> waiting = threads.submit(() -> client.schema(slow));
        await(slowAsked);
        assertThat(client.schema(quick).getType()).isEqualTo(Schema.Type.BYTES);
        assertThat(waiting).isNotDone();
        mayAnswer.countDown();
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void anInterruptedThreadDoesNotSpoilTheOthersAnswer() throws Exception {
        SchemaRegistryClient client = client(Map.of());
        int id = registry.holds("\"string\"");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        registry.beforeAnswering(request -> {
            asked.countDown();
            await(mayAnswer);
        });
        Future<Boolean> interrupted = threads.submit(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.schema(id)).isInstanceOf(InterruptException.class);
            return Thread.currentThread().isInterrupted();
        });
        assertThat(interrupted.get()).isTrue();
        await(asked);
        Future<Schema> patient = threads.submit(() -> client.schema(id));
        mayAnswer.countDown();
        assertThat(patient.get().getType()).isEqualTo(Schema.Type.STRING);
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void knowsTheIdOfWhatItRegistered() {
        SchemaRegistryClient client = client(Map.of());
        int id = client.register("a", SCHEMA);
        assertThat(client.schema(id)).isSameAs(SCHEMA);
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void triesAgainUntilTheRegistryRecovers() {
        registry.answersNext(500, "");
        registry.answersNext(429, "");
        registry.answersNext(503, "");
        assertThat(client(Map.of("max.retries", 3)).register("a", SCHEMA)).isEqualTo(1);
        assertThat(registry.requests()).hasSize(4);
    }

    @Test
    void givesUpAfterTheRetriesAllowed() {
        for (int i = 0; i < 3; i++) {
            registry.answersNext(500, "");
        }
        assertThatThrownBy(() -> client(Map.of("max.retries", 2)).register("a", SCHEMA))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("500");
        assertThat(registry.requests()).hasSize(3);
    }

    @Test
    void doesNotRepeatWhatWasRefused() {
        registry.answersNext(422, "{\"error_code\":42201,\"message\":\"Invalid schema\"}");
        assertThatThrownBy(() -> client(Map.of()).register("a", SCHEMA)).isInstanceOf(SchemaRefusedException.class);
        assertThat(registry.requests()).hasSize(1);
    }

    @Test
    void turnsToTheNextAddressAndStaysThere() {
        try (TestingRegistry other = new TestingRegistry()) {
            registry.close();
            SchemaRegistryClient client =
                    client(Map.of("schema.registry.url", registry.url() + " , " + other.url() + "/", "max.retries", 0));
            client.register("a", SCHEMA);
            client.register("b", SCHEMA);
            assertThat(other.requests()).hasSize(2);
        }
    }

    @Test
    void doesNotWaitForeverForAnAnswer() {
        CountDownLatch mayAnswer = new CountDownLatch(1);
        registry.beforeAnswering(request -> await(mayAnswer));
        assertThatThrownBy(() -> client(Map.of("http.read.timeout.ms", 50, "max.retries", 0))
                        .register("a", SCHEMA))
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("in time");
        mayAnswer.countDown();
    }

    @Test
    void provesWhoAsks() {
        client(Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "cat:pa$$"))
                .register("a", SCHEMA);
        client(Map.of("schema.registry.url", registry.url().replace("//", "//cat:pa$$@")))
                .register("a", SCHEMA);
        client(Map.of()).register("a", SCHEMA);
        assertThat(registry.authorizations()).containsExactly("Basic Y2F0OnBhJCQ=", "Basic Y2F0OnBhJCQ=", "null");
    }

    @Test
    void keepsThePasswordOutOfItsMessages() {
        registry.close();
        assertThatThrownBy(() -> client(Map.of(
                                "schema.registry.url", registry.url().replace("//", "//cat:secret@"), "max.retries", 0))
                        .register("a", SCHEMA))
                .hasMessageContaining(registry.url())
                .hasMessageNotContaining("secret");
    }

    private SchemaRegistryClient client(Map<String, ?> more) {
        return new SchemaRegistryClient(new SerdeConfig(registry.settings(more)));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
