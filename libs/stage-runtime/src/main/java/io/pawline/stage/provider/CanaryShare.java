package io.pawline.stage.provider;

import io.pawline.schemas.TaskId;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Says which tasks go first to a provider that is compared with the others. A task belongs to the share by its id alone, so
 * every process and every attempt says the same.
 *
 * @param provider name of the canary
 * @param place of the canary among the providers of the stage
 * @param share of the tasks, more than 0
 */
public record CanaryShare(String provider, int place, double share) {

    /** Odd numbers of which half the bits are set, from SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static final long FIRST = 0xBF58476D1CE4E5B9L;

    private static final long SECOND = 0x94D049BB133111EBL;

    public CanaryShare {
        Objects.requireNonNull(provider, "provider");
    }

    /** Returns the canary among these providers, if one of them is one. */
    static Optional<CanaryShare> of(Fallbacks fallbacks) {
        for (int other = 0; other < fallbacks.providers().size(); other++) {
            Fallback each = fallbacks.providers().get(other);
            if (each.isCanary()) {
                return Optional.of(new CanaryShare(each.provider().name(), other + 1, each.canary()));
            }
        }
        return Optional.empty();
    }

    /** Says whether the task belongs to the share. */
    boolean has(TaskId task) {
        UUID id = task.value();
        // The name is part of it, so that the next canary gets other tasks
        long mixed = mix(id.getLeastSignificantBits() ^ mix(id.getMostSignificantBits() + provider.hashCode()));
        return (mixed >>> 11) * 0x1p-53 < share;
    }

    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * FIRST;
        mixed = (mixed ^ mixed >>> 27) * SECOND;
        return mixed ^ mixed >>> 31;
    }
}
