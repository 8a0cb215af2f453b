package io.pawline.cli;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.pawline.controls.FleetState;
import io.pawline.events.LimitLease;
import io.pawline.events.LimitLeases;
import io.pawline.events.LimitMessage;
import io.pawline.events.LimitReport;
import io.pawline.events.LimitTenant;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTableTest {

    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private final FleetState state = new FleetState();

    @Test
    void showsWhatEachProcessHasAndWants() {
        state.add("generate", report("generate-0", 9, 1, 40, false), NOW);
        state.add("generate", report("generate-1", 4, 0, 4, false), NOW);
        state.add(
                "generate",
                leases("generate-1", 30, 8.25, lease("generate-0", 26, 7), lease("generate-1", 4, 1.25)),
                NOW);
        state.add("generate", report("generate-0", 26, 2, 60, false), NOW);

        assertThat(FleetTable.lines(state.at(NOW)))
                .containsExactly(
                        "STAGE     PROVIDER  PROCESS                  LIMIT  IN FLIGHT  GHOSTS  WANTED  CALLS/S",
                        "generate  seedream  all                      30     28         2       64      8.25",
                        "generate  seedream  generate-0               26     24         2       60      7.00",
                        "generate  seedream  generate-1 (controller)  4      4          0       4       1.25");
    }

    @Test
    void aProcessThatLeftIsNotShownAndAFleetWithoutARateHasNone() {
        state.add("detect", report("detect-0", 1, 0, 1, false), NOW);
        state.add("detect", report("detect-1", 1, 0, 1, false), NOW);
        state.add("detect", leases("detect-0", 16, 0, lease("detect-0", 8, 0), lease("detect-1", 8, 0)), NOW);
        state.add("detect", report("detect-1", 0, 0, 0, true), NOW);

        assertThat(FleetTable.lines(state.at(NOW)))
                .containsExactly(
                        "STAGE   PROVIDER  PROCESS                LIMIT  IN FLIGHT  GHOSTS  WANTED  CALLS/S",
                        "detect  seedream  all                    16     1          0       1       -",
                        "detect  seedream  detect-0 (controller)  8      1          0       1       -");
    }

    @Test
    void showsWhatTenantsHaveAndWaitFor() {
        state.add("generate", ofTenants("generate-0", tenant("shop", 6, 40, 0.75), tenant("zoo", 3, 0, 0.25)), NOW);
        state.add("generate", ofTenants("generate-1", tenant("shop", 4, 0, 1)), NOW);

        assertThat(FleetTable.lines(state.at(NOW)))
                .containsSubsequence(
                        "STAGE     TENANT  SHARE  IN FLIGHT  WAITING",
                        "generate  shop    77 %   10         40",
                        "generate  zoo     25 %   3          0");
    }

    @Test
    void aProcessThatSaysNothingAnyMoreIsGone() {
        state.add("generate", report("generate-0", 9, 1, 40, false), NOW.minusSeconds(16));
        state.add("generate", report("generate-1", 4, 0, 4, false), NOW.minusSeconds(14));

        assertThat(FleetTable.lines(state.at(NOW))).hasSize(3).last(as(STRING)).contains("generate-1");
    }

    @Test
    void nothingIsShownWhereNobodySaidAnything() {
        assertThat(FleetTable.lines(state.at(NOW))).isEmpty();
    }

    private static LimitMessage ofTenants(String instance, LimitTenant... tenants) {
        return report(instance, 9, 0, 40, false, tenants);
    }

    private static LimitTenant tenant(String name, int atWork, int waiting, double share) {
        return LimitTenant.newBuilder()
                .setTenant(name)
                .setAtWork(atWork)
                .setWaiting(waiting)
                .setShare(share)
                .build();
    }

    private static LimitMessage report(
            String instance, int busy, int ghosts, int wanted, boolean leaving, LimitTenant... tenants) {
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
                        .setTenants(List.of(tenants))
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
