package io.pawline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.Ending;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.events.TaskFinished;
import io.pawline.schemas.Reason;
import io.pawline.schemas.RecordHeaders;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Makes tasks that have failed within two days, for several reasons, and their dead letters. */
final class ManyDeadLetters {

    private static final List<Reason> REASONS = List.of(
            Reason.PROVIDER_ERROR, Reason.OVERLOADED, Reason.READ_TIMEOUT, Reason.MODERATED_PROMPT, Reason.NO_PET);
    private static final List<String> DETAILS = List.of(
            "The provider answered 500: an unexpected internal error.",
            "The provider answered 429: the account's quota is used up.",
            "No answer came within 60 s; the request had been sent.",
            "The input text may contain sensitive information.",
            "The vision model saw no pet in the photo, but a lamp.");
    private static final int STYLES = 20;
    private static final int TENANTS = 4;
    private static final int WITH_CLIENT_REF = 10;
    private static final int MOST_ATTEMPTS = 6;
    private static final int HOURS = 48;

    private final List<TaskId> ids;
    private final Instant now;
    private final String callback;

    /** @param now no dead letter is younger */
    ManyDeadLetters(int count, Instant now, String callback) {
        ids = IntStream.range(0, count).mapToObj(_ -> TaskId.next()).toList();
        this.now = now.truncatedTo(ChronoUnit.MILLIS);
        this.callback = callback;
    }

    List<TaskId> ids() {
        return ids;
    }

    /** Puts the tasks into their table, as failed, with a front end that was not notified. */
    void fail(TaskDatabase database) {
        for (int from = 0; from < ids.size(); from += 1_000) {
            int first = from;
            database.inTransaction(handle -> {
                PreparedBatch batch = handle.prepareBatch("""
                        insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, relayed_at,
                            state, ended_at, ending_stage, reason, requeued_at, client_ref)
                        values (:id, :tenant, :style, 'https://photos.example/cat.jpg', :callback, :at, :at, :at,
                            'failed', :at, 'generate', :reason, now(), :clientRef)
                        """);
                for (int i = first; i < Math.min(first + 1_000, ids.size()); i++) {
                    batch.bind("id", ids.get(i).value())
                            .bind("tenant", tenant(i))
                            .bind("style", style(i))
                            .bind("callback", callback)
                            .bind("at", failedAt(i).atOffset(ZoneOffset.UTC))
                            .bind("reason", reason(i).code())
                            .bind("clientRef", i % WITH_CLIENT_REF == 0 ? "order-" + i : null)
                            .add();
                }
                return batch.execute();
            });
        }
        database.with(handle -> handle.execute("analyze task"));
    }

    /** Sends the dead letters of a stage to Kafka and returns when it has them. */
    void send(KafkaProducer<byte[], byte[]> producer, Serializer<SpecificRecord> events, Stage stage) {
        List<ProducerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            deadLetters.add(deadLetter(events, stage, i));
        }
        deadLetters.forEach(deadLetter -> {
            var _ = producer.send(deadLetter);
        });
        producer.flush();
    }

    private ProducerRecord<byte[], byte[]> deadLetter(Serializer<SpecificRecord> events, Stage stage, int i) {
        TaskContext context = TaskContext.newBuilder()
                .setTaskId(ids.get(i).toString())
                .setTenant(tenant(i))
                .setStyle(style(i))
                .setSubmittedAt(failedAt(i).minusSeconds(60))
                .setDeadline(failedAt(i).plusSeconds(3_600))
                .setCallbackUrl(callback)
                .build();
        SpecificRecord event = stage.notifiesReceivers()
                ? TaskFinished.newBuilder()
                        .setContext(context)
                        .setEnding(Ending.FAILED)
                        .setFinishedAt(failedAt(i))
                        .setStage(Stage.GENERATE.code())
                        .setReason(reason(i).code())
                        .build()
                : new PetDescribed(
                        context, "a small cat with long whiskers on a red sofa, looking out of a window", null);
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>(
                stage.deadLetterTopic(),
                null,
                failedAt(i).toEpochMilli(),
                text(ids.get(i).toString()),
                events.serialize(stage.deadLetterTopic(), event));
        Map.of(
                        RecordHeaders.ATTEMPT,
                        String.valueOf(1 + i % MOST_ATTEMPTS),
                        RecordHeaders.FAILURES,
                        "provider=" + (1 + i % MOST_ATTEMPTS),
                        RecordHeaders.REASON,
                        reason(i).code(),
                        RecordHeaders.DETAIL,
                        DETAILS.get(i % DETAILS.size()) + " Request " + i + ".",
                        RecordHeaders.TRACEPARENT,
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "kafka_dlt-original-topic",
                        stage.workTopic())
                .forEach((name, value) -> deadLetter.headers().add(name, text(value)));
        return deadLetter;
    }

    private static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    private static String tenant(int i) {
        return "tenant-" + i % TENANTS;
    }

    private static String style(int i) {
        return "style " + i % STYLES;
    }

    private static Reason reason(int i) {
        return REASONS.get(i % REASONS.size());
    }

    private Instant failedAt(int i) {
        return now.minus((long) i * HOURS * 3_600_000 / ids.size(), ChronoUnit.MILLIS);
    }
}
