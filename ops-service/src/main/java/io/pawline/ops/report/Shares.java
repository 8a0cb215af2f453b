package io.pawline.ops.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Computes parts of sums, and money. */
final class Shares {

    private static final double PRECISION = 1e6;

    private Shares() {}

    /** Gives a share, from 0 to 1 or more; it is 0 of nothing. */
    static double of(long part, long all) {
        return all == 0 ? 0 : Math.round(PRECISION * part / all) / PRECISION;
    }

    static double of(BigDecimal part, BigDecimal all) {
        return all.signum() == 0 ? 0 : part.divide(all, 6, RoundingMode.HALF_UP).doubleValue();
    }

    static BigDecimal money(long micros) {
        return BigDecimal.valueOf(micros, 6);
    }

    static BigDecimal each(BigDecimal sum, long count) {
        return count == 0 ? BigDecimal.ZERO : sum.divide(BigDecimal.valueOf(count), 6, RoundingMode.HALF_UP);
    }
}
