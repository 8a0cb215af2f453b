package io.pawline.mattingmodel.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pawline.mattingmodel.work.NotCutOutException.Fault;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private final Places places = new Places(2, 100);

    @Test
    void onePictureTooManyIsRefusedUntilOneLeaves() {
        Places.Place first = places.take();
        places.take();
        refused(places::take, Fault.BUSY);

        first.close();
        first.close();

        assertThat(places.taken()).isOne();
        places.take();
        refused(places::take, Fault.BUSY);
    }

    @Test
    void memoryThatOthersHoldIsRefusedUntilItIsFree() {
        Places.Place first = places.take();
        Places.Place second = places.take();
        first.hold(70);
        second.hold(30);
        refused(() -> second.hold(31), Fault.NO_MEMORY);
        assertThat(places.heldBytes()).isEqualTo(100);

        first.hold(60);
        second.hold(40);
        first.close();

        assertThat(places.heldBytes()).isEqualTo(40);
    }

    @Test
    void aPictureForWhichThereIsNeverMemoryIsTooLarge() {
        refused(() -> places.take().hold(101), Fault.TOO_LARGE);
        assertThat(places.heldBytes()).isZero();
    }

    private static void refused(ThrowingCallable call, Fault fault) {
        assertThatExceptionOfType(NotCutOutException.class)
                .isThrownBy(call)
                .satisfies(refused -> assertThat(refused.fault()).isEqualTo(fault));
    }
}
