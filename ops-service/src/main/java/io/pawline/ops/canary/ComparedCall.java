package io.pawline.ops.canary;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first call of a task that counts in a comparison.
 *
 * @param canary name of the provider that is compared with the others
 * @param share of the tasks that go to the canary first
 * @param ofCanary whether the canary made the call
 * @param cause why the result is bad already; null: that depends on what becomes of the task
 */
record ComparedCall(
        String stage,
        String canary,
        double share,
        UUID task,
        boolean ofCanary,
        Instant startedAt,
        Instant endedAt,
        long durationMillis,
        @Nullable CanaryCause cause) {}
