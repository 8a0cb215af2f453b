package io.pawline.callback;

import static io.pawline.callback.TestingSettings.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Routing;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.CallbackAttempts;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.OpenTasks;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import io.pawline.taskstore.UndeliveredCallbacks;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the whole service between Kafka, PostgreSQL and receivers of every kind. */
class CallbackServiceIT {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;
    private static ConfigurableApplicationContext service;

    private final List<HttpServer> receivers = new ArrayList<>();
    /** The {@code webhook-id}s that good receivers took, by task. */
    private final Map<String, ConcurrentLinkedQueue<String>> taken = new ConcurrentHashMap<>();

    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeAll
    static void start() throws InterruptedException {
        TestingKafka.freshTopics(1);
        postgres = TestingPostgres.shared();
        DatabaseProperties at = postgres.database();
        database = TaskDatabase.open(at);
        tasks = new TaskDao(database);
        service = CallbackApplication.application()
                .run(
                        "--server.port=0",
                        "--spring.kafka.bootstrap-servers="
                                + TestingKafka.connection().get("bootstrap.servers"),
                        "--spring.kafka.producer.value-serializer=" + TestingEvents.Writer.class.getName(),
                        "--spring.kafka.consumer.value-deserializer=" + TestingEvents.Reader.class.getName(),
                        "--pawline.database.url=" + at.url(),
                        "--pawline.database.username=" + at.username(),
                        "--pawline.database.password=" + at.password(),
                        "--pawline.image-store.folder=target/images",
                        "--pawline.image-store.public-base-url=https://pawline.example",
                        "--pawline.outbound.allow=127.0.0.1",
                        "--pawline.callback.secrets=" + SECRET,
                        "--pawline.callback.timeout=4s",
                        "--pawline.callback.retry-schedule=200ms,200ms",
                        "--pawline.callback.reconcile-every=200ms",
                        "--pawline.callback.reconcile-after=5s",
                        // Tasks of the past century are overdue; those of TestingTasks are not.
                        "--pawline.callback.reap-after=9000d",
                        "--pawline.callback.reap-every=200ms",
                        "--pawline.callback.stage.drain=1s");
    }

    @AfterAll
    static void stop() {
        service.close();
        database.close();
        postgres.close();
    }

    @AfterEach
    void stopReceivers() {
        end.countDown();
        receivers.forEach(receiver -> receiver.stop(0));
    }

    @Test
    void putsAFinalStateBackToWorkIfItsRecordWasLost() throws IOException {
        Submission submission = accepted(receiver(this::take));

        tasks.close(submission.id(), 1, failedNow());

        awaitDelivered(submission.id());
        assertThat(taken.get(submission.id().toString())).containsOnly("msg_" + submission.id() + "_1");
        assertThat(TestingKafka.records(Stage.CALLBACK.workTopic()))
                .filteredOn(record ->
                        new String(record.key(), UTF_8).equals(submission.id().toString()))
                .isNotEmpty()
                .allSatisfy(record -> assertThat(Routing.receiverQueue(record.headers()))
                        .as("name of the receiver")
                        .isNotEmpty());
    }

    @Test
    void sendsAFinalStateAgainIfSomebodyAsksForIt() throws IOException {
        Submission submission = accepted(receiver(this::take));
        send(List.of(submission));
        awaitDelivered(submission.id());

        new UndeliveredCallbacks(database).resend(submission.id(), "default", Instant.now());

        String id = "msg_" + submission.id() + "_1";
        await().atMost(LONGEST)
                .untilAsserted(() -> assertThat(taken.get(submission.id().toString()))
                        .hasSizeGreaterThan(1)
                        .containsOnly(id));
        await().atMost(LONGEST).until(() -> !task(submission.id()).delivery().owed());
    }

    /** The address 127.0.0.1 is allowed, and its neighbour is not. */
    @Test
    void callsNoAddressThatIsNeitherPublicNorAllowed() {
        Submission submission = accepted(URI.create("http://127.0.0.2:1/hook"));

        send(List.of(submission));

        await().atMost(LONGEST)
                .untilAsserted(() ->
                        assertThat(task(submission.id()).delivery().reason()).isEqualTo(Reason.ADDRESS_REFUSED));
    }

    @Test
    void givesUpAfterTheScheduleAndTheRowSaysWhy() throws IOException {
        Submission submission = accepted(receiver(exchange -> answer(exchange, 500)));

        send(List.of(submission));

        await().atMost(LONGEST)
                .until(() -> TestingKafka.records("pawline.callback.dlt").stream()
                        .anyMatch(record -> new String(record.key(), UTF_8)
                                .equals(submission.id().toString())));
        assertThat(task(submission.id()).delivery().attempts()).isGreaterThanOrEqualTo(3);
        assertThat(task(submission.id()).delivery().reason()).isEqualTo(Reason.CALLBACK_REFUSED);
        assertThat(new UndeliveredCallbacks(database).page("default", null, 100, Instant.now()))
                .extracting(Task::id)
                .contains(submission.id());
        // Otherwise the reconciler would put it back again and again while the other tests run.
        tasks.markDelivered(submission.id(), 1, Instant.now());
    }

    @Test
    void listsTheAttemptsOfACallback() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        URI receiver = receiver(exchange -> {
            switch (calls.incrementAndGet()) {
                case 1 -> answer(exchange, 500);
                case 2 -> {
                    end.await(); // longer than the time-out
                    exchange.close();
                }
                default -> take(exchange);
            }
        });
        Submission submission = accepted(receiver);

        send(List.of(submission));
        awaitDelivered(submission.id());

        CallbackAttempts attempts = new CallbackAttempts(database);
        await().atMost(LONGEST).until(() -> attempts.of(submission.id()).size() == 3);
        List<CallbackAttempt> made = attempts.of(submission.id());
        assertThat(made)
                .extracting(CallbackAttempt::number, CallbackAttempt::status, CallbackAttempt::reason)
                .containsExactly(
                        tuple(1, 500, Reason.CALLBACK_REFUSED),
                        tuple(2, null, Reason.READ_TIMEOUT),
                        tuple(3, 200, null));
        assertThat(made.get(0).nextAt()).isBetween(made.get(0).at(), made.get(1).at());
        assertThat(made.get(1).nextAt()).isBetween(made.get(1).at(), made.get(2).at());
        assertThat(made.get(2).nextAt()).isNull();
    }

    @Test
    void deliversWhileNoAttemptCanBeWritten() throws IOException {
        Submission before = accepted(receiver(this::take));
        Submission after = accepted(receiver(this::take));
        database.with(handle -> handle.execute("alter table callback_attempt rename to elsewhere"));
        try {
            send(List.of(before));

            awaitDelivered(before.id());
            double dropped = await().atMost(LONGEST).until(CallbackServiceIT::dropped, count -> count > 0);
            assertThat(taken.get(before.id().toString())).hasSize(1);
            assertThat(task(before.id()).delivery().attempts()).isEqualTo(1);
            assertThat(dropped).isEqualTo(1);
        } finally {
            database.with(handle -> handle.execute("alter table elsewhere rename to callback_attempt"));
        }

        send(List.of(after));
        await().atMost(LONGEST)
                .until(() -> !new CallbackAttempts(database).of(after.id()).isEmpty());
    }

    private static double dropped() {
        return service.getBean(MeterRegistry.class)
                .get("pawline.callback.attempts.dropped")
                .counter()
                .count();
    }

    @Test
    void aReceiverThatHangsDelaysNoneOfTheGoodOnes() throws IOException {
        URI hanging = receiver(exchange -> {
            end.await();
            answer(exchange, 503);
        });
        List<Submission> stuck =
                IntStream.range(0, 300).mapToObj(_ -> accepted(hanging)).toList();
        List<Submission> good = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            URI receiver = receiver(this::take);
            IntStream.range(0, 5).forEach(_ -> good.add(accepted(receiver)));
        }

        send(stuck);
        send(good);

        await().atMost(LONGEST)
                .until(() -> good.stream()
                        .allMatch(
                                submission -> taken.containsKey(submission.id().toString())));
        assertThat(stuck)
                .allSatisfy(submission ->
                        assertThat(task(submission.id()).delivery().delivered()).isEmpty());
        stuck.forEach(submission -> tasks.markDelivered(submission.id(), 1, Instant.now()));
    }

    /** Far more than may be at work at once: those behind them never have their turn. */
    @Test
    void closesEveryRowWhateverItsReceiverDoes() throws IOException {
        URI hanging = receiver(exchange -> {
            end.await();
            answer(exchange, 503);
        });
        URI failing = receiver(exchange -> answer(exchange, 500));
        List<Submission> all = IntStream.range(0, 1_500)
                .mapToObj(at -> accepted(at % 3 == 0 ? failing : hanging))
                .toList();

        send(all);

        await().atMost(LONGEST)
                .until(() -> tasks.find(all.stream().map(Submission::id).toList()).stream()
                        .allMatch(task -> task.finalState().isPresent()));
        all.forEach(submission -> tasks.markDelivered(submission.id(), 1, Instant.now()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0\0\1no event of ours", "{}"})
    void closesTheRowOfARecordThatNobodyCanRead(String bytes) throws IOException {
        Submission submission = accepted(receiver(this::take));

        TestingKafka.send(List.of(new ProducerRecord<>(
                Stage.CALLBACK.workTopic(), submission.id().toString().getBytes(UTF_8), bytes.getBytes(UTF_8))));

        awaitDelivered(submission.id());
        assertThat(task(submission.id()).finalState())
                .containsInstanceOf(FinalState.Failure.class)
                .get()
                .extracting("reason")
                .isEqualTo(Reason.UNDECODABLE);
    }

    private static long open(OpenTasks tasks) {
        return tasks.countOfTenants().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void endsATaskThatIsNowhereAndNotifies() throws IOException {
        OpenTasks openTasks = new OpenTasks(database);
        long openBefore = open(openTasks);
        Submission lost = accepted(receiver(this::take));
        assertThat(open(openTasks)).isEqualTo(openBefore + 1);

        overdue(lost);

        awaitDelivered(lost.id());
        assertThat(taken.get(lost.id().toString())).containsOnly("msg_" + lost.id() + "_1");
        assertThat(task(lost.id()).finalState())
                .containsInstanceOf(FinalState.Failure.class)
                .get()
                .extracting("state", "reason")
                .containsExactly(TaskState.FAILED, Reason.LOST);
        assertThat(open(openTasks)).as("tasks that keep others out").isEqualTo(openBefore);
    }

    @Test
    void leavesATaskToTheStageThatHasIt() throws IOException {
        URI receiver = receiver(this::take);
        Submission held = accepted(receiver);
        TestingKafka.send(List.of(new ProducerRecord<>(
                Stage.FINALIZE.retryTopic(), held.id().toString().getBytes(UTF_8), new byte[] {1})));
        overdue(held);
        await().atMost(LONGEST).until(() -> looksFor(held.id()) > 0);
        // When this one ends, the round that looked for the first is over.
        Submission lost = accepted(receiver);
        overdue(lost);
        awaitDelivered(lost.id());

        assertThat(task(held.id()).finalState()).isEmpty();
        send(List.of(held));
        awaitDelivered(held.id());
        assertThat(task(held.id()).finalState()).get().extracting("reason").isEqualTo(Reason.NO_PET);
    }

    /** As a task that was sent to Kafka in the past century. */
    private static void overdue(Submission submission) {
        database.with(handle -> handle.execute(
                "update task set relayed_at = now(), deadline = '1999-12-31' where id = ?",
                submission.id().value()));
    }

    private static int looksFor(TaskId id) {
        return database.with(
                handle -> handle.createQuery("select count(*) from task where id = :id and reaped_at is not null")
                        .bind("id", id.value())
                        .mapTo(Integer.class)
                        .one());
    }

    private static FinalState failedNow() {
        return new FinalState.Failure(Instant.now(), TaskState.FAILED, Reason.NO_PET, Stage.DETECT, null);
    }

    private static void awaitDelivered(TaskId id) {
        await().atMost(LONGEST).until(() -> task(id).delivery().delivered().isPresent());
    }

    private static Task task(TaskId id) {
        return tasks.find(id).orElseThrow();
    }

    private static Submission accepted(URI callback) {
        Submission submission = TestingTasks.submission(callback);
        tasks.accept(submission);
        return submission;
    }

    private static void send(List<Submission> ended) {
        TestingKafka.send(ended.stream().map(CallbackServiceIT::record).toList());
    }

    private static ProducerRecord<byte[], byte[]> record(Submission submission) {
        Task failed = new Task(
                submission,
                1,
                failedNow(),
                tasks.find(submission.id()).orElseThrow().delivery());
        TaskFinished event = FinalStates.eventOf(failed);
        String topic = Stage.CALLBACK.workTopic();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                submission.id().toString().getBytes(UTF_8),
                TestingEvents.serializer().serialize(topic, event));
        Routing.put(record.headers(), Stage.CALLBACK, event.getContext());
        return record;
    }

    @FunctionalInterface
    private interface Manner {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private void take(HttpExchange exchange) throws IOException {
        String id = exchange.getRequestHeaders().getFirst("webhook-id");
        String task = id.substring("msg_".length(), id.lastIndexOf('_'));
        taken.computeIfAbsent(task, _ -> new ConcurrentLinkedQueue<>()).add(id);
        answer(exchange, 200);
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** A receiver of this manner, on a port of its own; where it is. */
    private URI receiver(Manner manner) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try {
                manner.answer(exchange);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        receivers.add(server);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }
}
