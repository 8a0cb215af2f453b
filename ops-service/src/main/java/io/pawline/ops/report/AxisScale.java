package io.pawline.ops.report;

import java.util.ArrayList;
import java.util.List;

/** Places numbers from 0 to a largest one on an axis, with ticks at round numbers. */
record AxisScale(double most, double step) {

    private static final int TICKS = 4;

    /** Makes a scale that has room for this number. */
    static AxisScale of(double largest) {
        double least = Math.max(largest, 1e-9) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double step = List.of(1.0, 2.0, 5.0, 10.0).stream()
                .map(factor -> factor * power)
                .filter(candidate -> candidate >= least * 0.999)
                .findFirst()
                .orElse(10 * power);
        return new AxisScale(Math.ceil(largest / step - 1e-9) * step, step);
    }

    /** Makes a scale of whole numbers. */
    static AxisScale ofCounts(long largest) {
        AxisScale scale = of((double) Math.max(1, largest));
        return scale.step() >= 1 ? scale : new AxisScale((double) Math.max(1, largest), 1);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (int i = 0; i * step <= most * 1.0001; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /** Gives the part of the axis that a number takes, 0 to 1. */
    double at(double value) {
        return most <= 0 ? 0 : Math.clamp(value / most, 0, 1);
    }
}
