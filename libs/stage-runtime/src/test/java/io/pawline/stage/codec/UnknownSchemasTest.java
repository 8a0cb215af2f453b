package io.pawline.stage.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UnknownSchemasTest {

    private long nanos = -1;
    private final UnknownSchemas schemas = new UnknownSchemas(() -> nanos);

    /** The expected value is counted anew over the last records, so it shares nothing with the ring of the class. */
    @Property
    void holdsWhenMoreThanHalfOfTheLastRecordsAreUnknown(@ForAll @Size(max = 300) List<Boolean> known) {
        UnknownSchemas watched = new UnknownSchemas(() -> 0);
        int since = 0;
        boolean holding = false;
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i)) {
                watched.known();
                since = holding ? i : since;
                holding = false;
            } else {
                watched.unknown("id 7");
                int from = Math.max(since, i + 1 - UnknownSchemas.WINDOW);
                long unknown =
                        known.subList(from, i + 1).stream().filter(one -> !one).count();
                holding = holding || 2 * unknown > UnknownSchemas.WINDOW;
            }
            assertThat(watched.holding()).isEqualTo(holding);
        }
    }

    @Test
    void beginsOneProbeASecondUntilOneSucceeds() {
        for (int i = 0; i < UnknownSchemas.WINDOW; i++) {
            assertThat(schemas.mayBegin()).isEqualTo(!schemas.holding());
            schemas.unknown("id 7");
        }
        assertThat(schemas.mayBegin()).isFalse();

        nanos += TimeUnit.SECONDS.toNanos(1);
        assertThat(schemas.mayBegin()).isTrue();
        assertThat(schemas.mayBegin()).isFalse();

        schemas.known();
        assertThat(schemas.mayBegin()).isTrue();
        assertThat(schemas.mayBegin()).isTrue();
    }
}
