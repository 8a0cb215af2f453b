package io.pawline.testkit;

import java.time.Duration;

/**
 * Says how large a scenario is: in full for a benchmark, in small for a test.
 *
 * @param timesFaster by how much all its times are shorter: those of the provider, of the front end and of the policies
 * @param slots calls that the provider can work on at once, while it is well
 */
public record Scale(double timesFaster, int slots) {

    public static final Scale FULL = new Scale(1, 20);

    /** Has calls of 50 ms, which a busy machine does not yet drown in noise. */
    public static final Scale SMALL = new Scale(10, 8);

    Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds / timesFaster * 1e9));
    }

    /** Converts a time to seconds of the full scenario. */
    double unscaled(Duration time) {
        return time.toNanos() / 1e9 * timesFaster;
    }
}
