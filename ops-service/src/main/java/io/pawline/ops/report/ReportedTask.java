package io.pawline.ops.report;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task, as far as the sums of a report need it.
 *
 * @param state {@code success}, {@code failed}, {@code expired}, {@code cancelled} or {@code accepted}
 * @param endedAt null: it is open
 * @param deliveredAt when the front end took the callback; null: it has not
 * @param callback whether its front end wants to be notified
 * @param tried whether a callback was tried
 * @param stage that gave it up; null: none did
 * @param reason of an end that is no success; null: nobody knows
 * @param said hash of what it says, the same for the same; null: nothing that could be compared
 */
record ReportedTask(
        String tenant,
        String state,
        Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable Instant deliveredAt,
        boolean callback,
        boolean tried,
        @Nullable String stage,
        @Nullable String reason,
        @Nullable Long said) {}
