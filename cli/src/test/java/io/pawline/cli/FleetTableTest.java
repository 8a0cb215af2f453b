package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTableTest {

    private final FleetTable table = new FleetTable();

    @Test
    void showsWhatEachProcessHasAndWants() {
        table.add("generate", report("generate-0", 9, 1, 40, false));
        table.add("generate", report("generate-1", 4, 0, 4, false));
        table.add("generate", leases("generate-1", 30, 8.25, lease("generate-0", 26, 7), lease("generate-1", 4, 1.25)));
        table.add("generate", report("generate-0", 26, 2, 60, false));

        assertThat(table.lines())
                .containsExactly(
                        "STAGE     PROVIDER  PROCESS                  LIMIT  IN FLIGHT  GHOSTS  WANTED  CALLS/S",
                        "generate  seedream  all                      30     28         2       64      8.25",
                        "generate  seedream  generate-0               26     24         2       60      7.00",
                        "generate  seedream  generate-1 (controller)  4      4          0       4       1.25");
    }

    @Test
    void aProcessThatLeftIsNotShownAndAFleetWithoutARateHasNone() {
        table.add("detect", report("detect-0", 1, 0, 1, false));
        table.add("detect", report("detect-1", 1, 0, 1, false));
        table.add("detect", leases("detect-0", 16, 0, lease("detect-0", 8, 0), lease("detect-1", 8, 0)));
        table.add("detect", report("detect-1", 0, 0, 0, true));

        assertThat(table.lines())
                .containsExactly(
                        "STAGE   PROVIDER  PROCESS                LIMIT  IN FLIGHT  GHOSTS  WANTED  CALLS/S",
                        "detect  seedream  all                    16     1          0       1       -",
                        "detect  seedream  detect-0 (controller)  8      1          0       1       -");
    }

    @Test
    void nothingIsShownWhereNobodySaidAnything() {
        assertThat(table.lines()).isEmpty();
    }

    private static LimitMessage report(String instance, int busy, int ghosts, int wanted, boolean leaving) {
        return from(instance)
                .setReport(LimitReport.newBuilder()
                        .setNumber(1)
                        .setEpoch(1)
                        .setLease(1)
                        .setBusy(busy)
                        .setGhosts(ghosts)
                        .setWanted(wanted)
                        .setMost(64)
                        .setResumed(false)
                        .setLeaving(leaving)
                        .setCalls(List.of())
                        .build())
                .build();
    }

    private static LimitMessage leases(String controller, int limit, double rate, LimitLease... leases) {
        return from(controller)
                .setLeases(LimitLeases.newBuilder()
                        .setEpoch(1)
                        .setNumber(2)
                        .setLimit(limit)
                        .setRate(rate)
                        .setLearnedLimit(limit)
                        .setBaselineCalls(0)
                        .setSpread(0.4)
                        .setCongestedBefore(false)
                        .setLeases(List.of(leases))
                        .build())
                .build();
    }

    private static LimitLease lease(String instance, int slots, double rate) {
        return LimitLease.newBuilder()
                .setInstance(instance)
                .setLife("1")
                .setReport(1)
                .setSlots(slots)
                .setRate(rate)
                .build();
    }

    private static LimitMessage.Builder from(String instance) {
        return LimitMessage.newBuilder()
                .setProvider("seedream")
                .setInstance(instance)
                .setLife("1");
    }
}
