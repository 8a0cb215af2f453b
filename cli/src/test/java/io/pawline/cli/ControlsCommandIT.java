package io.pawline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import io.pawline.kafka.EmbeddedKafka;
import io.pawline.registry.SchemaRegistryServer;
import io.pawline.schemas.TaskId;
import io.pawline.schemas.Topics;
import io.pawline.schemas.serde.AvroSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ControlsCommandIT {

    private static final String NOWHERE = "127.0.0.1:1";

    private static EmbeddedKafka kafka;
    private static SchemaRegistryServer registry;

    @BeforeAll
    static void start() throws Exception {
        kafka = TestingServers.emptyKafka();
        TopicSetup.create(Map.of("bootstrap.servers", kafka.bootstrapServers()), 1, (short) 1);
        TestingServers.create("controls");
        registry = SchemaRegistryServer.start(TestingServers.dataSource("controls"), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Test
    void showsWhatIsInForceAndTakesItBack() {
        assertThat(control("show").lines())
                .containsExactly("nothing is in force: nobody has paused, limited or switched off anything");

        String task = TaskId.next().toString();
        succeeds("generate is paused", "pause", "generate", "--by", "ann", "--why", "bad pictures");
        succeeds("at most 5 calls in flight", "limit", "generate", "5", "--why", "gently");
        succeeds("nobody calls ark before", "cool-down", "ark", "--for", "5m", "--why", "they asked");
        succeeds("task " + task + " is cancelled", "cancel", task, "--why", "the customer asked");

        List<String> table = control("show").lines();
        assertThat(table).hasSize(5);
        String me = System.getProperty("user.name");
        assertThat(table.get(0)).matches("SUBJECT +WHAT +UNTIL +BY +WHY +AT");
        assertThat(table.get(1)).matches("limit:generate +limit 5 +- +" + me + " +gently +\\S+Z");
        assertThat(table.get(2)).matches("provider:ark +cool-down +\\S+Z +" + me + " +they asked +\\S+Z");
        assertThat(table.get(3)).matches("stage:generate +pause +- +ann +bad pictures +\\S+Z");
        assertThat(table.get(4)).matches("task:" + task + " +cancel +\\S+Z +" + me + " +the customer asked +\\S+Z");

        succeeds("generate is resumed", "resume", "generate", "--why", "fixed");
        succeeds("configured limit", "limit", "generate", "default", "--why", "fixed");
        succeeds("ark is called again", "lift", "ark", "--why", "they work");
        assertThat(control("show").lines()).hasSize(2).last().asString().startsWith("task:" + task);
    }

    @Test
    void showsHowTheProcessesOfAStageShareTheirProvider() {
        assertThat(control("status").lines())
                .containsExactly("no process of a paid stage has said anything for ten seconds");
        say(LimitMessage.newBuilder()
                .setProvider("seedream")
                .setInstance("generate-0")
                .setLife("1")
                .setReport(LimitReport.newBuilder()
                        .setNumber(1)
                        .setEpoch(0)
                        .setLease(0)
                        .setBusy(9)
                        .setGhosts(2)
                        .setWanted(40)
                        .setMost(64)
                        .setResumed(false)
                        .setLeaving(false)
                        .setCalls(List.of())
                        .build())
                .build());

        List<String> table = control("status").lines();

        assertThat(table).hasSize(3);
        assertThat(table.get(1)).matches("generate +seedream +all +- +7 +2 +40 +-");
        assertThat(table.get(2)).matches("generate +seedream +generate-0 +- +7 +2 +40 +-");
    }

    private static void say(LimitMessage message) {
        try (AvroSerializer serializer = new AvroSerializer();
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            serializer.configure(Map.of("schema.registry.url", registry.url()), false);
            byte[] value = serializer.serialize(Topics.LIMITS, message);
            var _ = producer.send(new ProducerRecord<>(Topics.LIMITS, 1, "generate".getBytes(UTF_8), value));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    pause generate                     | --why
                    pause painting --why x             | no stage 'painting'; the stages are detect, generate, matting
                    limit generate 0 --why x           | '0' is neither a number from 1 on nor the word default
                    limit generate many --why x        | 'many' is neither a number
                    weight shop 0 --why x              | a weight must be > 0 and <= 1000
                    weight shop much --why x           | 'much' is neither a number nor the word default
                    cool-down ark --why x              | --for
                    cool-down ark --for soon --why x   | 'soon' is no time such as 90s, 5m or 2h
                    cool-down ark --for -5m --why x    | '-5m' is no time
                    cancel 42 --why x                  | '42' is no task id
                    ""                                 | which command?
                    """)
    void saysWhatIsWrongWithACommand(String line, String message) {
        CommandRun commandRun =
                CommandRun.of(line.isEmpty() ? List.of("control") : List.of(("control " + line).split(" ")));

        assertThat(commandRun.exit()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(commandRun.err()).contains(message);
    }

    @Test
    void saysInOneLineWhatIsRefused() {
        assertFails(control("pause", "generate", "--why", " "), "why must not be blank");
        assertFails(control("cool-down", "ark", "--for", "25h", "--why", "x"), "a cool-down must be ≤ 24 h");
    }

    @Test
    void saysInOneLineThatKafkaIsAway() {
        List<String> away =
                List.of("--bootstrap-servers", NOWHERE, "--schema-registry", registry.url(), "--timeout", "500ms");

        assertFails(
                CommandRun.of(command(away, "pause", "detect", "--why", "x")), "Kafka at " + NOWHERE + " did not take");
        assertFails(
                CommandRun.of(command(away, "show")),
                "the controls could not be read within 0.5 s from Kafka at " + NOWHERE);
    }

    @Test
    void saysInOneLineThatTheRegistryIsAway() {
        List<String> away = List.of(
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--schema-registry",
                "http://" + NOWHERE,
                "--timeout",
                "5s");

        assertFails(CommandRun.of(command(away, "pause", "detect", "--why", "x")), NOWHERE);
        succeeds("callback is paused", "pause", "callback", "--why", "so that there is something to read");
        assertFails(CommandRun.of(command(away, "show")), "registry at http://" + NOWHERE);
        succeeds("callback is resumed", "resume", "callback", "--why", "read");
    }

    private static void succeeds(String says, String... arguments) {
        CommandRun commandRun = control(arguments);
        assertThat(commandRun.err()).isEmpty();
        assertThat(commandRun.out()).contains(says);
        assertThat(commandRun.exit()).isZero();
    }

    private static void assertFails(CommandRun commandRun, String message) {
        assertThat(commandRun.exit()).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(commandRun.out()).isEmpty();
        assertThat(commandRun.err().lines())
                .singleElement()
                .asString()
                .startsWith("pawline: ")
                .contains(message);
    }

    private static CommandRun control(String... arguments) {
        return CommandRun.of(command(
                List.of("--bootstrap-servers", kafka.bootstrapServers(), "--schema-registry", registry.url()),
                arguments));
    }

    private static List<String> command(List<String> connection, String... arguments) {
        List<String> all = new ArrayList<>(List.of("control"));
        all.addAll(List.of(arguments));
        all.addAll(connection);
        return all;
    }
}
