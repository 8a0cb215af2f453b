package io.pawline.ops.ledger;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Says what the ledger keeps and what calls cost, by settings of {@code pawline.ops.*}.
 *
 * @param ledgerRetention how long a call stays in the ledger, 1 day or more
 * @param prices what one call costs, by the provider's name: {@code pawline.ops.prices.seedream=0.03}; in whatever
 *     money the books are kept, at most six decimals; a price that a stage reports itself goes first
 */
@ConfigurationProperties("pawline.ops")
public record LedgerProperties(
        @DefaultValue("30d") Duration ledgerRetention,
        @Nullable Map<String, BigDecimal> prices) {

    public LedgerProperties {
        if (ledgerRetention.toDays() < 1) {
            throw new IllegalArgumentException("pawline.ops.ledger-retention must be >= 1 day, was " + ledgerRetention);
        }
        prices = prices == null ? Map.of() : Map.copyOf(prices);
        new Prices(prices);
    }

    /** The price list. */
    public Prices priceList() {
        return new Prices(prices == null ? Map.of() : prices);
    }
}
