package io.pawline.taskstore;

import static io.pawline.taskstore.TestingTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.ApiKeys.Stored;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;

class KeyRingTest {

    private final TestingRows rows = new TestingRows();
    private final TestingClock clock = new TestingClock();
    private final KeyRing keys = new KeyRing(rows, clock);

    /** A table of keys that counts how often it is asked. */
    private static final class TestingRows implements KeyRing.Rows {
        private final Map<String, Stored> table = new HashMap<>();
        private int found;
        private int foundNothing;
        private int listed;
        private boolean takesWrites = true;

        void add(String secret) {
            String id = ApiKeys.idOf(secret).orElseThrow();
            table.put(
                    id,
                    new Stored(
                            new ApiKey(id, "shop", "web shop", Set.of(Scope.READ), null, NOW, null, null, null),
                            sha256(secret)));
        }

        @Override
        public Optional<Stored> find(String id) {
            Optional<Stored> row = Optional.ofNullable(table.get(id));
            if (row.isPresent()) {
                found++;
            } else {
                foundNothing++;
            }
            return row;
        }

        @Override
        public void used(ApiKey key, Instant now) {
            if (!takesWrites) {
                throw TestingPostgres.lost();
            }
        }

        @Override
        public Set<String> liveIds() {
            listed++;
            return Set.copyOf(table.keySet());
        }
    }

    private static final class TestingClock extends Clock {
        private Instant now = NOW;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    @Example
    void boundsTheQueriesForKeysThatNobodyHas() {
        Random random = new Random(5);
        String known = key(random);
        rows.add(known);
        for (int second = 0; second < 5; second++) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(keys.find(key(random))).isEmpty();
            }
            assertThat(keys.find(known)).as("a key that there is").isPresent();
            clock.now = clock.now.plusSeconds(1);
        }

        assertThat(rows.foundNothing).isEqualTo(5 * KeyRing.UNKNOWN);
        assertThat(rows.listed).isEqualTo(5);
        assertThat(rows.found).isLessThanOrEqualTo(2);
    }

    @Example
    void findsAKeyThatIsNewAtOnce() {
        Random random = new Random(6);
        for (int i = 0; i < KeyRing.UNKNOWN; i++) {
            String secret = key(random);
            rows.add(secret);
            assertThat(keys.find(secret)).isPresent();
        }
        assertThat(rows.listed).isZero();
    }

    @Example
    void takesAKeyWhoseUseCannotBeNoted() {
        String known = key(new Random(7));
        rows.add(known);
        rows.takesWrites = false;

        assertThat(keys.find(known)).isPresent();
    }

    /** One wrong character shows by the checksum, wherever it is. */
    @Property(tries = 300)
    void asksForNoKeyWithAWrongCharacter(
            @ForAll Random random,
            @ForAll @IntRange(min = 4, max = 72) int place,
            @ForAll @CharRange(from = 'a', to = 'f') char other) {
        String right = checked(key(random));
        char replaced = right.charAt(place) == other ? '0' : other;
        String wrong = right.substring(0, place) + replaced + right.substring(place + 1);

        assertThat(ApiKeys.idOf(right)).isPresent();
        assertThat(keys.find(wrong)).isEmpty();
        assertThat(rows.foundNothing + rows.found).isZero();
    }

    /** A key of the form without a checksum. */
    private static String key(Random random) {
        byte[] bytes = new byte[30];
        random.nextBytes(bytes);
        String hex = HexFormat.of().formatHex(bytes);
        return "pwk_" + hex.substring(0, 12) + "_" + hex.substring(12);
    }

    private static String checked(String key) {
        return key + ApiKeys.checksum(key);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
