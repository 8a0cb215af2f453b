package io.pawline.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.TestingTasks;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.TestingKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/analyst/dead-letters.md that need nothing but Kafka's own jars, as a reader would. */
class KafkaToolsIT {

    private static final Path PAGE = ProjectFiles.document("analyst/dead-letters.md");

    /** The value has all that a tool for text would break, in Confluent's wire format. */
    private static final byte[] VALUE = {0, 0, 0, 1, 2, '\n', (byte) 0x80, '\r', '\t', (byte) 0xFF, 0, 'x'};

    @TempDir
    private Path folder;

    @Test
    void aDeadLetterIsReadAndSentBackToItsStageByteForByte() throws Exception {
        TestingKafka.freshTopics(1);
        Submission task = TestingTasks.submission();
        ProducerRecord<byte[], byte[]> record =
                TestingOps.deadLetter(Stage.GENERATE, task, VALUE, Reason.PROVIDER_ERROR, "It is down.");
        record.headers().add("traceparent", "00-trace".getBytes(UTF_8)).add("pawline-priority", "bulk".getBytes(UTF_8));
        TestingKafka.send(List.of(record));

        String read = run(block("sh", "ConsoleConsumer"));

        assertThat(read)
                .contains(task.id().toString())
                .contains("pawline-reason:provider_error")
                .contains("pawline-detail:It is down.")
                .contains("kafka_dlt-original-topic:pawline.generate");
        assertThat(Files.readAllBytes(folder.resolve("letter.bin"))).isEqualTo(VALUE);

        Files.writeString(folder.resolve("Redrive.java"), block("java", "Redrive.java"));
        run(block("sh", "Redrive.java"));

        ConsumerRecord<byte[], byte[]> work =
                TestingKafka.records(Stage.GENERATE.workTopic()).getFirst();
        assertThat(work.key()).asString(UTF_8).isEqualTo(task.id().toString());
        assertThat(work.value()).isEqualTo(VALUE);
        assertThat(work.headers())
                .extracting(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .containsExactlyInAnyOrder("traceparent=00-trace", "pawline-priority=bulk");
    }

    /** Finds the block of this language on the page that has this word. */
    private static String block(String language, String word) throws IOException {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .filter(text -> text.contains(word))
                .findFirst()
                .orElseThrow();
    }

    private String run(String commands) throws IOException, InterruptedException {
        String script = commands.replace("'kafka/*'", "\"$JARS\"")
                .replace("java -cp", Path.of(System.getProperty("java.home"), "bin", "java") + " -cp")
                .replace(
                        "localhost:8086",
                        String.valueOf(TestingKafka.connection().get("bootstrap.servers")));
        Path output = folder.resolve("output.txt");
        ProcessBuilder shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        shell.environment().put("JARS", kafkasJars());
        Process running = shell.start();
        try {
            assertThat(running.waitFor(90, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            running.destroyForcibly();
        }
        // Some headers are numbers in binary.
        String said = new String(Files.readAllBytes(output), UTF_8);
        assertThat(running.exitValue()).as(said).isZero();
        return said;
    }

    /** Finds the jars that the page names on the class path of this JVM. */
    private static String kafkasJars() throws IOException {
        Set<String> named = Set.of(block("sh", "copy-dependencies")
                .replaceAll("(?s).*includeArtifactIds=([a-z,0-9-]+).*", "$1")
                .split(",", -1));
        List<String> jars = Pattern.compile(Pattern.quote(System.getProperty("path.separator")))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry ->
                        named.contains(Path.of(entry).getFileName().toString().replaceAll("-[0-9][0-9.]*\\.jar$", "")))
                .toList();
        assertThat(jars).hasSameSizeAs(named);
        return String.join(System.getProperty("path.separator"), jars);
    }
}
