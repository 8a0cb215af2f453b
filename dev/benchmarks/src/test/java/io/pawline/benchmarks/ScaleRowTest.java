package io.pawline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ScaleRowTest {

    @Test
    void namesTheGreatestDistanceFromTheMean() {
        assertThat(ScaleRow.difference(steps(10, 10, 10))).isZero();
        assertThat(ScaleRow.difference(steps(9, 10, 14))).isEqualTo(0.27);
        assertThat(ScaleRow.difference(steps(6, 12, 12))).isEqualTo(0.4);
    }

    private static List<ScaleRow.Step> steps(double... cpuMsPerTask) {
        return DoubleStream.of(cpuMsPerTask)
                .mapToObj(cpu -> new ScaleRow.Step(1, 100, 10, cpu, 0.1))
                .toList();
    }
}
