package io.pawline.ops;

import io.pawline.ops.ledger.Prices;
import io.pawline.ops.live.AlertProperties;
import io.pawline.ops.replay.ReplaySettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What ops-service keeps: {@code pawline.ops.*}.
 *
 * @param openAccess whether whoever reaches the port may look and act without a key; for development, and behind a proxy that asks
 *     who it is
 * @param tenant whose API keys are taken: that of the people who run Pawline. They look at the work of all tenants, so a front end
 *     should have keys of another
 * @param ledgerRetention how long a call stays in the ledger, 1 day or more
 * @param replayDeadline how long a replayed task may take, more than 0
 * @param replayCap most replays of one task, 1 or more
 * @param picturesKept how long the text-to-image provider keeps a picture; a letter of matting that is older is not replayed
 * @param prices what one call costs, by the provider's name: {@code pawline.ops.prices.seedream=0.03}; in whatever money the
 *     books are kept, at most six decimals; a stage that tells a price of its own goes first
 * @param alerts when alerts fire
 */
@ConfigurationProperties("pawline.ops")
public record OpsProperties(
        @DefaultValue("false") boolean openAccess,
        @DefaultValue("default") String tenant,
        @DefaultValue("30d") Duration ledgerRetention,
        @DefaultValue("6h") Duration replayDeadline,
        @DefaultValue("5") int replayCap,
        @DefaultValue("24h") Duration picturesKept,
        @Nullable Map<String, BigDecimal> prices,
        @DefaultValue @NestedConfigurationProperty AlertProperties alerts) {

    public OpsProperties {
        if (ledgerRetention.toDays() < 1) {
            throw new IllegalArgumentException("pawline.ops.ledger-retention must be >= 1 day, was " + ledgerRetention);
        }
        if (tenant.isBlank()) {
            throw new IllegalArgumentException("pawline.ops.tenant must not be empty");
        }
        prices = prices == null ? Map.of() : Map.copyOf(prices);
        new Prices(prices);
        new ReplaySettings(replayDeadline, replayCap, picturesKept);
    }

    /** How letters are replayed. */
    public ReplaySettings replays() {
        return new ReplaySettings(replayDeadline, replayCap, picturesKept);
    }

    /** The price list. */
    public Prices priceList() {
        return new Prices(prices == null ? Map.of() : prices);
    }
}
