package io.pawline.ops.ledger;

import java.math.BigDecimal;
import java.util.Map;

/**
 * The configured price list: what one call to a provider costs, in whatever money it is kept.
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

    /** The price of one call, in millionths. */
    public long micros(String provider) {
        return perCall.getOrDefault(provider, BigDecimal.ZERO)
                .movePointRight(DECIMALS)
                .longValueExact();
    }

    /** What a call cost that ended so: as the stage told it, or by the list if it told no price. */
    public long costMicros(String provider, Call.End end) {
        if (end.billed().equals("no")) {
            return 0;
        }
        return end.costMicros() != null && end.costMicros() > 0 ? end.costMicros() : micros(provider);
    }
}
