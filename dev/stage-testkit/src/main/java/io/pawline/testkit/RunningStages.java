package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.CallAttempt;
import io.pawline.events.CallMoment;
import io.pawline.events.CallOutcome;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.StageRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.LoggerFactory;

/** Runs several processes of one stage inside the test, and reads from the topics what they have done. */
public final class RunningStages implements AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String GROUP = Stage.DETECT.consumerGroup();

    private final GroupProtocol protocol;
    private final Map<String, StageRuntime<TaskAccepted>> running = new HashMap<>();
    private final Map<String, SimpleMeterRegistry> meters = new HashMap<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(StageRuntime.class.getPackageName());

    public RunningStages(GroupProtocol protocol) {
        this.protocol = protocol;
        log.start();
        logger.addAppender(log);
    }

    public StageRuntime<TaskAccepted> start(String instance, Handler<TaskAccepted> handler) {
        return start(instance, stage -> stage, handler);
    }

    public StageRuntime<TaskAccepted> start(
            String instance, UnaryOperator<TestingStage> settings, Handler<TaskAccepted> handler) {
        return start(instance, Map.of(), settings, handler);
    }

    public StageRuntime<TaskAccepted> start(
            String instance,
            Map<String, Object> clients,
            UnaryOperator<TestingStage> settings,
            Handler<TaskAccepted> handler) {
        Map<String, Object> connection = new HashMap<>(TestingKafka.connection());
        connection.put("group.protocol", protocol.name());
        if (protocol == GroupProtocol.CLASSIC) {
            connection.put("heartbeat.interval.ms", 300);
        }
        connection.putAll(clients);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        StageRuntime<TaskAccepted> stage = settings.apply(TestingStage.on(connection))
                .instance(instance)
                .meters(registry)
                .runtime(handler);
        meters.put(instance, registry);
        running.put(instance, stage);
        stage.start();
        return stage;
    }

    public void stop(String instance) {
        Optional.ofNullable(running.remove(instance)).ifPresent(StageRuntime::close);
    }

    /** Makes a handler of one call that succeeds, is recorded, and does this work. */
    public static Handler<TaskAccepted> calling(Work work) {
        return (in, attempt) -> attempt.call(() -> {
            work.on(in.getContext().getTaskId());
            return new OutsideCall.Answer<>(described(in), CallReport.succeeded(200, Optional.of("id")));
        });
    }

    public interface Work {
        void on(String task) throws InterruptedException;
    }

    public static Outcome described(TaskAccepted in) {
        return Outcome.done(
                Stage.GENERATE,
                PetDescribed.newBuilder()
                        .setContext(in.getContext())
                        .setDescription("a cat")
                        .build());
    }

    /** Sends so many tasks, to the partitions in turn, and returns their ids. */
    public static List<String> send(int count, int partitions) {
        List<String> ids = IntStream.range(0, count)
                .mapToObj(_ -> TaskId.next().toString())
                .toList();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String id : ids) {
            String topic = Stage.DETECT.workTopic();
            byte[] value = TestingEvents.serializer()
                    .serialize(topic, TestingEvents.accepted(TaskId.parse(id), "oil", Duration.ofDays(1)));
            records.add(new ProducerRecord<>(topic, records.size() % partitions, id.getBytes(UTF_8), value));
        }
        TestingKafka.send(records);
        return ids;
    }

    /** Waits until each of these tasks has gone on, and checks that it did so once. */
    public static void awaitPublishedOnce(List<String> ids) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> published().keySet().containsAll(ids));
        assertThat(published())
                .hasSize(ids.size())
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    }

    /** Counts how often each task has gone on. */
    public static Map<String, Long> published() {
        return TestingKafka.records(Stage.GENERATE.workTopic()).stream()
                .collect(Collectors.groupingBy(next -> new String(next.key(), UTF_8), Collectors.counting()));
    }

    /** Counts how often a call was begun for each task, by the ledger. */
    public static Map<String, Long> calls() {
        return ledger().stream()
                .filter(call -> call.getMoment() == CallMoment.START)
                .collect(Collectors.groupingBy(call -> call.getContext().getTaskId(), Collectors.counting()));
    }

    /** Counts how often a call for each task was orphaned, by the ledger. */
    public static Map<String, Long> orphans() {
        return ledger().stream()
                .filter(call -> call.getOutcome().equals(Optional.of(CallOutcome.ORPHANED)))
                .collect(Collectors.groupingBy(call -> call.getContext().getTaskId(), Collectors.counting()));
    }

    private static List<CallAttempt> ledger() {
        return TestingKafka.records(Topics.ATTEMPTS).stream()
                .map(event -> TestingEvents.deserializer(CallAttempt.class).deserialize(Topics.ATTEMPTS, event.value()))
                .toList();
    }

    public double gauge(String instance, String name) {
        return Objects.requireNonNull(meters.get(instance), instance)
                .get(name)
                .gauge()
                .value();
    }

    public void awaitNothingInFlight() {
        meters.keySet()
                .forEach(instance -> await().atMost(LONG)
                        .untilAsserted(() -> assertThat(gauge(instance, "pawline.stage.in.flight"))
                                .as(instance)
                                .isZero()));
    }

    /** Waits until the group is at rest with so many members, each with work of the stage's. */
    public static void awaitMembers(int count) {
        await().atMost(LONG)
                .ignoreExceptionsMatching(RunningStages::isNoGroupYet)
                .until(() -> {
                    ConsumerGroupDescription group = group();
                    return group.groupState() == GroupState.STABLE
                            && group.members().size() == count
                            && group.members().stream().allMatch(RunningStages::hasWork);
                });
    }

    /** Waits until the group knows of so many members, whatever they have. */
    public static void awaitJoining(int count) {
        await().atMost(LONG)
                .ignoreExceptionsMatching(RunningStages::isNoGroupYet)
                .until(() -> group().members().size() == count);
    }

    public static void removeAllMembers() {
        ask(admin -> admin.removeMembersFromConsumerGroup(GROUP, new RemoveMembersFromConsumerGroupOptions())
                .all());
    }

    private static ConsumerGroupDescription group() {
        return ask(admin -> Objects.requireNonNull(
                admin.describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP)));
    }

    private static boolean isNoGroupYet(Throwable failed) {
        return failed.getCause() instanceof GroupIdNotFoundException;
    }

    private static boolean hasWork(MemberDescription member) {
        return member.assignment().topicPartitions().stream()
                .anyMatch(name -> name.topic().equals(Stage.DETECT.workTopic()));
    }

    private static <T> T ask(Function<Admin, KafkaFuture<T>> question) {
        try (Admin admin = Admin.create(TestingKafka.connection())) {
            return question.apply(admin)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    /** Checks that no poll loop had to begin anew. */
    public void assertNoSessionEnded() {
        assertThat(List.copyOf(log.list))
                .filteredOn(event -> event.getLevel() == Level.ERROR)
                .isEmpty();
    }

    public long logged(String beginning) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getFormattedMessage().startsWith(beginning))
                .count();
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
        logger.detachAppender(log);
    }
}
