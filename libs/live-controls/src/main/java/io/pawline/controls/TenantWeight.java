package io.pawline.controls;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Is the weight of a tenant as a control carries it: a whole number of thousandths, from 1 to a million. */
public final class TenantWeight {

    /** A tenant's name, as API keys have it, is shorter and without control characters. */
    private static final Pattern TENANT = Pattern.compile("[^\\p{Cntrl}]{1,200}");

    private static final int DECIMALS = 3;
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000);

    private TenantWeight() {}

    /**
     * Returns a weight in thousandths.
     *
     * @throws IllegalArgumentException if it is not more than 0 and at most 1,000, or has more than three decimals
     */
    public static int thousandths(BigDecimal weight) {
        if (weight.signum() <= 0
                || weight.compareTo(MOST) > 0
                || weight.stripTrailingZeros().scale() > DECIMALS) {
            throw new IllegalArgumentException(
                    "a weight must be > 0 and <= 1000 with at most 3 decimals, was " + weight.toPlainString());
        }
        return weight.movePointRight(DECIMALS).intValueExact();
    }

    /** Returns a weight as people write it. */
    public static String text(int thousandths) {
        return BigDecimal.valueOf(thousandths, DECIMALS).stripTrailingZeros().toPlainString();
    }

    /** Says whether a text can be the name of a tenant. */
    public static boolean isTenant(String name) {
        return TENANT.matcher(name).matches() && !name.isBlank();
    }
}
