package io.pawline.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveStoreIT {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30Z");
    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private final LiveStore store = new LiveStore(DATABASE, Duration.ofDays(30), Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        DATABASE.with(handle -> handle.execute("truncate live_window, stage_process"));
    }

    @Test
    void whatIsReadAgainTakesNothingBack() {
        LiveUpdate older = window(LiveTopology.SHORT, NOW, 3);
        LiveUpdate newer = window(LiveTopology.SHORT, NOW, 4);

        List.of(older, newer, older, newer).forEach(update -> store.keep(List.of(update)));

        assertThat(calls()).containsExactly(4L);
    }

    @Test
    void aProcessIsAsItsNewestReportSays() {
        InstanceState older = new InstanceState("a", "seedream", NOW.minusSeconds(1), 1, 2, "closed", NOW);
        InstanceState newer = new InstanceState("a", "seedream", NOW, 1, 3, "open", NOW);

        List.of(older, newer, older).forEach(process -> store.keep(List.of(LiveUpdate.of("generate", process))));

        assertThat(new LiveQueries(DATABASE).standings(NOW, Optional.empty()))
                .hasEntrySatisfying("generate", standing -> {
                    assertThat(standing.limit()).isEqualTo(3);
                    assertThat(standing.breaker()).isEqualTo("open");
                });
    }

    @Test
    void aProcessStandsWithEachOfItsProviders() {
        InstanceState first = new InstanceState("a", "seedream", NOW.minusSeconds(1), 0, 64, "open", NOW);
        InstanceState second = new InstanceState("a", "second", NOW, 1, 8, "closed", NOW);

        store.keep(List.of(LiveUpdate.of("generate", first), LiveUpdate.of("generate", second)));

        LiveQueries queries = new LiveQueries(DATABASE);
        assertThat(queries.standings(NOW, Optional.empty())).hasEntrySatisfying("generate", standing -> {
            assertThat(standing.provider()).as("called last").isEqualTo("second");
            assertThat(standing.breaker()).as("the worst").isEqualTo("open");
            assertThat(standing.processes()).isEqualTo(1);
        });
        assertThat(queries.providers(NOW, Optional.empty()).get("generate"))
                .containsExactly(
                        new LiveQueries.ProviderStanding("second", 8, "closed"),
                        new LiveQueries.ProviderStanding("seedream", 64, "open"));
    }

    @Test
    void oldSpansAreDeletedTheShortOnesFirst() {
        Instant old = NOW.minus(Duration.ofDays(3));
        Instant ancient = NOW.minus(Duration.ofDays(31));
        store.keep(List.of(
                window(LiveTopology.SHORT, NOW, 1),
                window(LiveTopology.SHORT, old, 2),
                window(LiveTopology.LONG, old, 3),
                window(LiveTopology.LONG, ancient, 4)));

        assertThat(store.dropOld()).isEqualTo(2);
        assertThat(calls()).containsExactlyInAnyOrder(1L, 3L);
    }

    private static List<Long> calls() {
        return DATABASE.with(handle -> handle.createQuery("select calls from live_window")
                .mapTo(Long.class)
                .list());
    }

    private static LiveUpdate window(Duration span, Instant at, long calls) {
        return LiveUpdate.of(
                "generate", span, at, new WindowTotals(calls, calls, calls, 0, 0, 0, 0, Map.of(), Map.of()));
    }
}
