package io.pawline.stage.provider;

import java.util.Comparator;

/**
 * Orders the messages of all controllers that a fleet has had.
 *
 * @param epoch number of the controller's term; each controller has a higher one than those before it
 * @param number of the message in the term, from 1
 */
public record GrantKey(long epoch, long number) implements Comparable<GrantKey> {

    static final GrantKey NONE = new GrantKey(0, 0);

    private static final Comparator<GrantKey> ORDER =
            Comparator.comparingLong(GrantKey::epoch).thenComparingLong(GrantKey::number);

    @Override
    public int compareTo(GrantKey other) {
        return ORDER.compare(this, other);
    }
}
