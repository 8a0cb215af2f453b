package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CpuProfileTest {

    /** Enough for some thirty samples. */
    private static final long WORK_NANOS = 300_000_000;

    @Test
    @EnabledOnOs(OS.LINUX)
    void dividesTheWorkOfVirtualThreads() throws Exception {
        Map<String, Double> parts;
        try (CpuProfile profile = new CpuProfile(new Processes(ProcessHandle.current()))) {
            Thread.ofVirtual().start(CpuProfileTest::work).join();
            parts = profile.stop(10);
        }

        // The class of this test is in the package of the load
        assertThat(parts.get(CpuParts.LOAD)).isGreaterThan(WORK_NANOS / 1e6 / 10 / 2);
        assertThat(parts).containsKeys("compiler and collector", "PostgreSQL");
        assertThat(List.copyOf(parts.values())).isSortedAccordingTo(Comparator.reverseOrder());
    }

    private static void work() {
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long until = system.getProcessCpuTime() + 2 * WORK_NANOS;
        double sum = 1;
        while (system.getProcessCpuTime() < until) {
            for (int i = 0; i < 100_000; i++) {
                sum = Math.sqrt(sum + i);
            }
        }
        assertThat(sum).isPositive();
    }
}
