package io.pawline.ops.controls;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.controls.TenantWeight;
import io.pawline.ops.audit.Audit.ControlEntry;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live control, as it is in force or as it was given.
 *
 * @param subject {@code stage:…}, {@code limit:…}, {@code weight:…}, {@code provider:…}, {@code off:…} or
 *     {@code task:…}
 * @param limit calls in flight of each process; null: it sets none
 * @param weight of a tenant; null: it sets none
 * @param until when it ends by itself; null: it does not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ControlView(
        String subject,
        String action,
        @Nullable Integer limit,
        @Nullable BigDecimal weight,
        @Nullable Instant until,
        String by,
        String why,
        Instant at) {

    static ControlView of(ControlEntry given) {
        return of(given.subject(), given.action(), given.limit(), given.until(), given.who(), given.why(), given.at());
    }

    /** @param number calls in flight, or thousandths of a weight */
    static ControlView of(
            String subject,
            String action,
            @Nullable Integer number,
            @Nullable Instant until,
            String by,
            String why,
            Instant at) {
        boolean ofWeight = subject.startsWith("weight:");
        BigDecimal weight = ofWeight && number != null ? new BigDecimal(TenantWeight.text(number)) : null;
        return new ControlView(subject, action, ofWeight ? null : number, weight, until, by, why, at);
    }
}
