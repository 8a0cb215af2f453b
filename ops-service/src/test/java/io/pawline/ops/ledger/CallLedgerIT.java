package io.pawline.ops.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.taskstore.TaskDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallLedgerIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private Instant now = NOW;
    private final CallLedger ledger = new CallLedger(
            DATABASE,
            new Prices(Map.of("seedream", new BigDecimal("0.03"))),
            Duration.ofDays(30),
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("delete from call_attempt"));
    }

    @Test
    void aCallIsOneRowInWhateverOrderAndHoweverOftenItIsReported() {
        UUID id = TestingCallIds.idAt(NOW);
        Call begun = call(id, null, false);
        Call ended = call(id, end("failed", "read_timeout", null, "unknown"), false);
        Call orphaned = call(id, null, true);

        ledger.note(List.of(ended, begun));
        ledger.note(List.of(begun));
        ledger.note(List.of(orphaned, ended));

        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row).containsEntry("outcome", "failed").containsEntry("reason", "read_timeout");
            assertThat(row).containsEntry("orphaned", true).containsEntry("attempt", 2);
            assertThat(row).as("by the price list").containsEntry("cost_micros", 30_000L);
        });
    }

    @Test
    void thePriceOfTheStageGoesFirstAndWhatIsNotBilledCostsNothing() {
        ledger.note(List.of(call(TestingCallIds.idAt(NOW), end("succeeded", null, 12_345L, "yes"), false)));
        ledger.note(List.of(call(TestingCallIds.idAt(NOW), end("failed", "overloaded", 12_345L, "no"), false)));

        assertThat(rows()).extracting(row -> row.get("cost_micros")).containsExactlyInAnyOrder(12_345L, 0L);
    }

    @Test
    void aCallThatWasNeverEndedStaysWithoutAnEnd() {
        ledger.note(List.of(call(TestingCallIds.idAt(NOW), null, false)));

        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row.get("ended_at")).isNull());
    }

    @Test
    void saysWhichCallWasAHedgeWhateverIsReportedLater() {
        UUID id = TestingCallIds.idAt(NOW);
        Call begun = new Call(id, new UUID(1, 2), 1, "default", "detect", "ark-vision", 1, null, false, null, true);

        ledger.note(List.of(begun));
        ledger.note(List.of(call(id, end("failed", "superseded", null, "unknown"), false)));
        ledger.note(List.of(call(TestingCallIds.idAt(NOW), null, false)));

        assertThat(rows()).extracting(row -> row.get("hedge")).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aDayIsAPartitionAndIsDroppedWhenItIsOlderThanTheRetention() {
        ledger.note(List.of(
                call(TestingCallIds.idAt(NOW), null, false),
                call(TestingCallIds.idAt(NOW.minus(Duration.ofDays(3))), null, false)));

        now = NOW.plus(Duration.ofDays(28));
        assertThat(ledger.dropOld()).isEqualTo(1);
        assertThat(rows()).hasSize(1);
        ledger.note(List.of(call(TestingCallIds.idAt(NOW.minus(Duration.ofDays(3))), null, false)));
        assertThat(rows())
                .as("what is read again from Kafka after that is left out")
                .hasSize(1);
        assertThat(ledger.dropOld()).isZero();
    }

    private static List<Map<String, Object>> rows() {
        return DATABASE.with(handle ->
                handle.createQuery("select * from call_attempt").mapToMap().list());
    }

    private static Call call(UUID id, Call.@Nullable End end, boolean orphaned) {
        return new Call(id, new UUID(1, 2), 1, "default", "generate", "seedream", 2, end, orphaned);
    }

    private static Call.End end(String outcome, @Nullable String reason, @Nullable Long costMicros, String billed) {
        return new Call.End(NOW.plusSeconds(3), outcome, reason, "done", 200, null, "r-1", 3_000L, costMicros, billed);
    }
}
