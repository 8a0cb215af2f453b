package io.pawline.ops.report;

import io.pawline.ops.ledger.Call;
import io.pawline.ops.ledger.CallLedger;
import io.pawline.ops.ledger.Prices;
import io.pawline.ops.ledger.TestingCallIds;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Writes tasks and calls into the tables, and remembers them for the test. */
final class TestingLedger {

    static final Instant FROM = Instant.parse("2026-11-23T05:29:00Z");
    static final Instant TO = FROM.plus(Duration.ofHours(3));

    /** A task as its row has it. */
    record Row(UUID id, Instant submitted, String state, boolean callback, int generation, boolean delivered) {}

    private static final List<String> STATES = List.of(
            "success",
            "success",
            "success",
            "success",
            "success",
            "failed",
            "failed",
            "expired",
            "cancelled",
            "accepted");

    private static final List<Reason> REASONS = List.of(
            Reason.READ_TIMEOUT,
            Reason.CONNECT_TIMEOUT,
            Reason.OVERLOADED,
            Reason.PROVIDER_ERROR,
            Reason.CONNECTION_LOST,
            Reason.MODERATED_IMAGE,
            Reason.UNCLASSIFIED);

    private final TaskDatabase database;
    private final Random random;
    private final CallLedger ledger;
    final List<Row> tasks = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();

    TestingLedger(TaskDatabase database, long seed) {
        this.database = database;
        this.random = new Random(seed);
        this.ledger = new CallLedger(
                database,
                new Prices(Map.of("seedream", new BigDecimal("0.03"), "volc", new BigDecimal("0.011"))),
                Duration.ofDays(30),
                Clock.fixed(TO, ZoneOffset.UTC));
    }

    /** Adds tasks with their calls, in the period and around it. */
    TestingLedger fill(int number) {
        for (int i = 0; i < number; i++) {
            Instant submitted = FROM.minusSeconds(1_200).plusMillis(random.nextLong(13_000_000));
            String state = STATES.get(random.nextInt(STATES.size()));
            boolean ended = !state.equals("accepted");
            boolean callback = random.nextInt(10) > 0;
            Row task = new Row(
                    TaskId.at(submitted).value(),
                    submitted,
                    state,
                    callback,
                    1 + random.nextInt(10) / 9,
                    ended && callback && random.nextInt(8) > 0);
            tasks.add(task);
            Instant at = submitted;
            for (Stage stage : Stage.values()) {
                int attempts = 1 + random.nextInt(6) / 4;
                for (int attempt = 1; attempt <= attempts; attempt++) {
                    at = at.plusMillis(1 + random.nextInt(60_000));
                    calls.add(call(task, stage, attempt, at));
                }
            }
        }
        database.inTransaction(handle -> {
            tasks.forEach(task -> add(handle, task));
            return tasks.size();
        });
        ledger.note(calls);
        return this;
    }

    void note(List<Call> more) {
        ledger.note(more);
    }

    private Call call(Row task, Stage stage, int attempt, Instant at) {
        String provider = switch (stage) {
            case DETECT -> "ark-vision";
            case GENERATE -> "seedream";
            case MATTING -> "volc";
            case FINALIZE -> "images";
            case CALLBACK -> "front-end";
        };
        boolean neverEnded = random.nextInt(40) == 0;
        return new Call(
                TestingCallIds.idAt(at),
                task.id(),
                1 + random.nextInt(task.generation()),
                "default",
                stage.code(),
                provider,
                attempt,
                neverEnded ? null : end(at),
                !neverEnded && random.nextInt(50) == 0);
    }

    private Call.End end(Instant began) {
        long millis = random.nextInt(30_000);
        @Nullable Reason reason = random.nextInt(4) == 0 ? REASONS.get(random.nextInt(REASONS.size())) : null;
        String billed = reason == null ? "yes" : reason == Reason.READ_TIMEOUT ? "unknown" : "no";
        return new Call.End(
                began.plusMillis(millis),
                reason == null ? "succeeded" : "failed",
                reason == null ? null : reason.code(),
                "done",
                200,
                null,
                "request",
                millis,
                null,
                billed);
    }

    void add(Row task) {
        database.inTransaction(handle -> add(handle, task));
    }

    private static int add(Handle handle, Row task) {
        boolean ended = !task.state().equals("accepted");
        boolean success = task.state().equals("success");
        return handle.createUpdate("""
                        insert into task (id, tenant, style, photo_url, callback_url, submitted_at, deadline, generation,
                            state, ended_at, reason, result, delivered_at, delivery_attempts)
                        values (:id, 'default', 'watercolour', 'https://photos.example/cat.jpg', :callback, :submitted,
                            :deadline, :generation, :state, :ended, :reason, cast(:result as jsonb), :delivered, :attempts)
                        """)
                .bind("id", task.id())
                .bind("callback", task.callback() ? "https://shop.example/callback" : null)
                .bind("submitted", task.submitted().atOffset(ZoneOffset.UTC))
                .bind("deadline", task.submitted().plusSeconds(3_600).atOffset(ZoneOffset.UTC))
                .bind("generation", task.generation())
                .bind("state", task.state())
                .bind("ended", ended ? task.submitted().plusSeconds(40).atOffset(ZoneOffset.UTC) : null)
                .bind("reason", ended && !success ? "read_timeout" : null)
                .bind("result", success ? "{}" : null)
                .bind(
                        "delivered",
                        task.delivered() ? task.submitted().plusSeconds(41).atOffset(ZoneOffset.UTC) : null)
                .bind("attempts", task.delivered() ? 1 : 0)
                .execute();
    }
}
