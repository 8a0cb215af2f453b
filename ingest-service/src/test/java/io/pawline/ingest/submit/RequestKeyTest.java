package io.pawline.ingest.submit;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RequestKeyTest {

    @Example
    void namesATaskOfABatchByItsPlace() {
        assertThat(RequestKey.of("order-1").name()).isEqualTo("order-1");
        assertThat(RequestKey.of("order-1").at(7).name()).isEqualTo("order-1#7");
        assertThat(RequestKey.of("order-1#7").name()).isNotEqualTo("order-1#7");
    }

    @Property(tries = 5_000)
    void givesNoTwoKeysOneName(@ForAll("keys") RequestKey one, @ForAll("keys") RequestKey other) {
        assertThat(one.name().equals(other.name())).isEqualTo(one.equals(other));
    }

    /** Short keys of the characters that matter, so that many are alike. */
    @Provide
    static Arbitrary<RequestKey> keys() {
        Arbitrary<String> texts =
                Arbitraries.strings().withChars("k#01").ofMinLength(1).ofMaxLength(4);
        Arbitrary<RequestKey> alone = texts.map(RequestKey::of);
        Arbitrary<RequestKey> ofABatch = Combinators.combine(
                        alone, Arbitraries.integers().between(0, 11))
                .as(RequestKey::at);
        return Arbitraries.oneOf(alone, ofABatch);
    }
}
