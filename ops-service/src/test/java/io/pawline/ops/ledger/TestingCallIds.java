package io.pawline.ops.ledger;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes ids of calls for tests. */
public final class TestingCallIds {

    private TestingCallIds() {}

    /** Makes a UUIDv7 of this moment. */
    public static UUID idAt(Instant moment) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(
                moment.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000),
                Long.MIN_VALUE | random.nextLong() >>> 2);
    }
}
