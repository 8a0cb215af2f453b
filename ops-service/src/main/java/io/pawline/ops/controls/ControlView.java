package io.pawline.ops.controls;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pawline.ops.audit.Audit.ControlEntry;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live control, as it is in force or as it was given.
 *
 * @param subject {@code stage:…}, {@code limit:…}, {@code provider:…}, {@code off:…} or {@code task:…}
 * @param limit calls in flight of each process; null: it sets none
 * @param until when it ends by itself; null: it does not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ControlView(
        String subject,
        String action,
        @Nullable Integer limit,
        @Nullable Instant until,
        String by,
        String why,
        Instant at) {

    static ControlView of(ControlEntry given) {
        return new ControlView(
                given.subject(), given.action(), given.limit(), given.until(), given.who(), given.why(), given.at());
    }
}
