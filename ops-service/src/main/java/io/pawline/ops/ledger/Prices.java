package io.pawline.ops.ledger;

import java.math.BigDecimal;
import java.util.Map;

/**
 * Says what one call to a provider costs: the configured price list, in whatever money it is kept.
 *
 * @param perCall price by the provider's name, at most six decimals; a provider that is not in it costs nothing
 */
public record Prices(Map<String, BigDecimal> perCall) {

    private static final int DECIMALS = 6;

    public Prices {
        perCall = Map.copyOf(perCall);
        perCall.forEach((provider, price) -> {
            if (price.signum() < 0 || price.stripTrailingZeros().scale() > DECIMALS) {
                throw new IllegalArgumentException(
                        "the price of %s must be >= 0 with at most 6 decimals, was %s".formatted(provider, price));
            }
        });
    }

    /** Says whether a call to the provider has a price, which may be 0. */
    public boolean has(String provider) {
        return perCall.containsKey(provider);
    }

    /** Gives the price of one call, in millionths. */
    public long micros(String provider) {
        return perCall.getOrDefault(provider, BigDecimal.ZERO)
                .movePointRight(DECIMALS)
                .longValueExact();
    }

    /** Gives the cost of a call that ended so: as the stage reported it, or by the list if it reported no price. */
    public long costMicros(String provider, Call.End end) {
        if (end.billed().equals("no")) {
            return 0;
        }
        return end.costMicros() != null && end.costMicros() > 0 ? end.costMicros() : micros(provider);
    }
}
