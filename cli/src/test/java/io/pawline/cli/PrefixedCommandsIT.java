package io.pawline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.kafka.EmbeddedKafka;
import io.pawline.registry.SchemaRegistryServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the commands do to an installation whose names have a prefix, each in a process of its own. */
class PrefixedCommandsIT {

    private static EmbeddedKafka kafka;
    private static SchemaRegistryServer registry;

    @BeforeAll
    static void start() throws Exception {
        kafka = TestingServers.emptyKafka();
        TestingServers.create("prefixed");
        registry = SchemaRegistryServer.start(TestingServers.dataSource("prefixed"), 0);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Test
    void everyCommandThatNamesKafkaTakesThePrefix() throws Exception {
        String prefix = "--topic-prefix=staging-";

        assertThat(said("topics", "--partitions=1", "--replicas=1", prefix)).contains("staging-pawline.control");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get())
                    .contains("staging-pawline.detect", "staging-pawline.callback.retry-long")
                    .allMatch(name -> name.startsWith("staging-pawline."));
        }
        assertThat(said("control", "pause", "generate", "--why=x", "--schema-registry=" + registry.url(), prefix))
                .contains("generate is paused");
        assertThat(saidWith(
                        Map.of("PAWLINE_TOPIC_PREFIX", "staging-"),
                        "control",
                        "show",
                        "--schema-registry=" + registry.url()))
                .contains("stage:generate");
        assertThat(said("control", "status", "--schema-registry=" + registry.url(), prefix))
                .contains("no process of a paid stage has said anything");
        assertThat(said("check", "--schema-registry=" + registry.url(), prefix))
                .contains("this user may read and write staging-pawline.control", "staging-pawline.attempts-value")
                .doesNotContain(" pawline.control", "FAIL     topics");
        assertThat(said("topics", "--dry-run", "--partitions=1", "--replicas=1"))
                .as("without the prefix, another installation is meant")
                .contains("pawline.control")
                .doesNotContain("pawline.control is there");
    }

    @Test
    void aWrongPrefixIsRefusedWithItsName() {
        for (CommandRun refused : List.of(
                CommandRun.of(List.of("topics", "--topic-prefix=Staging")),
                CommandRun.of(Map.of("PAWLINE_TOPIC_PREFIX", "Staging"), List.of("topics")))) {
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("pawline: pawline.topic-prefix (PAWLINE_TOPIC_PREFIX) must")
                    .contains("'Staging'");
        }
    }

    private static String said(String... arguments) throws IOException, InterruptedException {
        return saidWith(Map.of(), arguments);
    }

    private static String saidWith(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OperatorCommand.class.getName()));
        command.addAll(List.of(arguments));
        command.add("--bootstrap-servers=" + kafka.bootstrapServers());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
