package io.pawline.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.TopicReader;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs the six services as an operator does, a process each, with an API key, against the simulated providers. */
class SeparateProcessesIT {

    private static final List<String> SERVICES =
            List.of("ingest", "detect", "generate", "matting", "finalize", "callback");

    /** The provider that each stage calls, in the order of a task. */
    private static final Map<Stage, String> PROVIDERS = new EnumMap<>(Map.of(
            Stage.DETECT, "ark-vision",
            Stage.GENERATE, "seedream",
            Stage.MATTING, "volcengine-visual",
            Stage.CALLBACK, "front-end"));

    /** Settings that let retries come soon, so that the test need not wait for them. */
    private static final List<String> IMPATIENT = Stream.concat(
                    // callback-service has a schedule instead
                    Stream.of("detect", "generate", "matting", "finalize")
                            .map(stage -> "--pawline." + stage + ".stage.max-attempts=3"),
                    Stream.of("detect", "generate", "matting", "finalize", "callback")
                            .flatMap(stage -> Stream.of(
                                    "--pawline." + stage + ".stage.first-delay=200ms",
                                    "--pawline." + stage + ".stage.max-delay=1s")))
            .toList();

    /** A sort of task, with the final state that it must reach. */
    private record Sort(int count, String photo, String style, Optional<Stage> failsIn, Optional<Reason> reason) {

        static Sort succeeds(int count, String photo, String style) {
            return new Sort(count, photo, style, Optional.empty(), Optional.empty());
        }

        static Sort fails(int count, String photo, String style, Stage stage, Reason reason) {
            return new Sort(count, photo, style, Optional.of(stage), Optional.of(reason));
        }

        String state() {
            return reason.isPresent() ? "failed" : "success";
        }

        /** The calls that must succeed; the answer that there is no pet is a success, too. */
        List<String> callsThatSucceed() {
            Stage last = failsIn.orElse(Stage.CALLBACK);
            boolean answered = last != Stage.DETECT || reason.equals(Optional.of(Reason.NO_PET));
            return PROVIDERS.entrySet().stream()
                    .filter(call -> call.getKey().compareTo(last) < 0
                            || call.getKey() == Stage.CALLBACK
                            || (call.getKey() == Stage.DETECT && answered))
                    .map(call -> call.getKey().code() + " by " + call.getValue())
                    .toList();
        }

        /** The reasons of the calls that must fail; none if the stage fails before or after its call. */
        List<String> callsThatFail() {
            if (style.startsWith("flaky-500")) {
                return List.of(Reason.PROVIDER_ERROR.code(), Reason.PROVIDER_ERROR.code());
            }
            return failsIn
                    .filter(stage -> stage == Stage.GENERATE || stage == Stage.MATTING)
                    .flatMap(_ -> reason)
                    .stream()
                    .map(Reason::code)
                    .toList();
        }
    }

    private static List<Sort> sorts(String photos) {
        String cat = photos + "/cat.png";
        return List.of(
                Sort.succeeds(110, cat, "watercolor"),
                Sort.succeeds(10, cat, "flaky-500 oil painting"),
                Sort.fails(10, photos + "/flat.png", "watercolor", Stage.DETECT, Reason.NO_PET),
                Sort.fails(10, photos + "/no-such.png", "watercolor", Stage.DETECT, Reason.PHOTO_UNREACHABLE),
                Sort.fails(10, "http://127.0.0.1:9/cat.png", "watercolor", Stage.DETECT, Reason.PHOTO_UNREACHABLE),
                Sort.fails(10, photos + "/not-an-image", "watercolor", Stage.DETECT, Reason.PHOTO_NOT_AN_IMAGE),
                Sort.fails(10, cat, "moderated-prompt", Stage.GENERATE, Reason.MODERATED_PROMPT),
                Sort.fails(10, cat, "moderated-image", Stage.GENERATE, Reason.MODERATED_IMAGE),
                Sort.fails(10, cat, "risky-cutout", Stage.MATTING, Reason.MODERATED_PHOTO),
                Sort.fails(10, cat, "broken-cutout", Stage.FINALIZE, Reason.INCONSISTENT_RESULT));
    }

    @Test
    void everyTaskGetsItsFinalStateOneCallbackAndItsDeadLetter(@TempDir Path folder) throws Exception {
        Ports ports = Ports.anyFree();
        List<ServiceProcess> services = new ArrayList<>();
        try (LocalStack stack =
                LocalStack.start(new LocalStack.Options(folder, ports, Optional.of("default")), _ -> {})) {
            LocalSettingsFile settings = LocalSettingsFile.in(folder);
            for (String service : SERVICES) {
                services.add(start(service, folder, stack.settings()));
            }
            String key = createKey(folder);
            try (TestingFrontEnd frontEnd =
                    new TestingFrontEnd(ports.ingest(), settings.webhookSecret(), Optional.of(key))) {
                awaitReady(settings);
                assertThat(statusWithoutKey(ports.ingest())).isEqualTo(401);
                String photos = "http://127.0.0.1:" + ports.simulator() + "/photos";
                String unreliable = frontEnd.submitWithUnreliableReceiver(photos + "/cat.png", "ink");
                Map<String, Sort> tasks = submitAll(frontEnd, photos);

                await().atMost(Duration.ofMinutes(3)).until(() -> frontEnd.tasksCalledBack() == tasks.size());

                for (Map.Entry<String, Sort> task : tasks.entrySet()) {
                    assertFinalState(frontEnd, task.getKey(), task.getValue());
                }
                assertCalls(LedgerReader.in(settings), tasks);
                assertDeadLetters(settings, tasks);
                assertAttempts(frontEnd, unreliable);
            } finally {
                for (ServiceProcess service : services) {
                    service.close();
                }
            }
        }
    }

    private static Map<String, Sort> submitAll(TestingFrontEnd frontEnd, String photos) throws IOException {
        Map<String, Sort> tasks = new LinkedHashMap<>();
        for (Sort sort : sorts(photos)) {
            for (int i = 0; i < sort.count(); i++) {
                tasks.put(frontEnd.submit(sort.photo(), sort.style() + " " + i), sort);
            }
        }
        assertThat(tasks).hasSize(200);
        return tasks;
    }

    private static void assertFinalState(TestingFrontEnd frontEnd, String id, Sort sort) throws IOException {
        JsonNode task = frontEnd.task(id);
        String what = id + " " + sort + " was " + task;
        assertThat(task.path("state").asString("")).as(what).isEqualTo(sort.state());
        assertThat(task.path("reason").asString(""))
                .as(what)
                .isEqualTo(sort.reason().map(Reason::code).orElse(""));
        assertThat(frontEnd.callbacks(id)).as(what).singleElement().satisfies(callback -> {
            assertThat(callback.signed()).isTrue();
            assertThat(callback.status()).isEqualTo(sort.state());
            assertThat(callback.params().path("code").asInt(-1))
                    .isEqualTo(sort.reason().map(Reason::number).orElse(0));
            assertThat(callback.reason())
                    .isEqualTo(sort.reason().map(Reason::code).orElse(""));
        });
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(LocalSettingsFile settings, Stage stage) {
        try (TopicReader topic = new TopicReader(settings.kafka(), stage.deadLetterTopic(), "read_committed")) {
            return topic.all();
        }
    }

    private static void assertDeadLetters(LocalSettingsFile settings, Map<String, Sort> tasks) {
        for (Stage stage : Stage.values()) {
            List<ConsumerRecord<byte[], byte[]>> deadLetters = deadLetters(settings, stage);
            assertThat(deadLetters.stream().map(deadLetter -> new String(deadLetter.key(), UTF_8)))
                    .as("dead letters of " + stage)
                    .containsExactlyInAnyOrderElementsOf(tasks.entrySet().stream()
                            .filter(task -> task.getValue().failsIn().equals(Optional.of(stage)))
                            .map(Map.Entry::getKey)
                            .toList());
            assertThat(deadLetters).allSatisfy(deadLetter -> {
                Sort sort = Objects.requireNonNull(tasks.get(new String(deadLetter.key(), UTF_8)));
                assertThat(header(deadLetter, "pawline-reason"))
                        .isEqualTo(sort.reason().orElseThrow().code());
                assertThat(header(deadLetter, "kafka_dlt-original-topic")).isEqualTo(stage.workTopic());
                assertThat(deadLetter.value()).isNotEmpty();
            });
        }
    }

    private static void assertCalls(LedgerReader ledger, Map<String, Sort> tasks) {
        for (Map.Entry<String, Sort> task : tasks.entrySet()) {
            Sort sort = task.getValue();
            var ends = ledger.endsOf(task.getKey());
            assertThat(LedgerReader.succeeded(ends))
                    .as(sort.toString())
                    .containsExactlyElementsOf(sort.callsThatSucceed());
            assertThat(LedgerReader.failures(ends)).as(sort.toString()).containsExactlyElementsOf(sort.callsThatFail());
        }
    }

    private static void assertAttempts(TestingFrontEnd frontEnd, String task) throws IOException {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> frontEnd.delivery(task).path("attempts").size() == 3);
        JsonNode delivery = frontEnd.delivery(task);
        assertThat(delivery.path("delivery").asString("")).isEqualTo("delivered");
        assertThat(delivery.path("attempts")
                        .valueStream()
                        .map(attempt -> "%s %s %s"
                                .formatted(
                                        attempt.path("number").asInt(0),
                                        attempt.path("status").asInt(0),
                                        attempt.path("reason").asString("-"))))
                .containsExactly("1 500 callback_refused", "2 0 read_timeout", "3 204 -");
        assertThat(delivery.toString()).doesNotContain("token", "secret", "unreliable");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static ServiceProcess start(String service, Path folder, Path settings) throws IOException {
        List<String> arguments = new ArrayList<>(IMPATIENT);
        arguments.add("--spring.config.additional-location=file:" + settings);
        arguments.add("--pawline.generate.model=doubao-seedream-3-0-t2i-250415");
        arguments.add("--pawline.generate.size=512x512");
        arguments.add("--pawline.ingest.access.open=false");
        arguments.add("--pawline.callback.retry-schedule=200ms,200ms");
        return ServiceProcess.packed(service, folder.resolve("logs").resolve(service + ".log"), arguments);
    }

    /** Makes a key with the operator's command. */
    private static String createKey(Path folder) throws IOException, InterruptedException {
        List<String> command = List.of(
                ProjectFiles.launcher().toString(),
                "keys",
                "create",
                "--tenant=shop",
                "--name=front end",
                "--data-dir=" + folder);
        try (ServiceProcess keys = ServiceProcess.start(folder.resolve("key.txt"), command)) {
            assertThat(keys.exitCode()).as(keys.output()).isZero();
            return keys.output().lines().reduce("", (_, last) -> last).strip();
        }
    }

    private static int statusWithoutKey(int port) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/v1/tasks").toURL().openConnection();
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }

    private static void awaitReady(LocalSettingsFile settings) {
        for (String service : SERVICES) {
            String port = settings.get("pawline." + service + ".port");
            Health health = new Health("http://127.0.0.1:" + port);
            await().atMost(Duration.ofMinutes(2)).until(health::ready);
        }
    }
}
