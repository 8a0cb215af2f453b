package io.pawline.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MemoryBudgetTest {

    private static final long MB = 1024 * 1024;

    private final MemoryBudget budget = new MemoryBudget(10 * MB);

    @Test
    void aTaskWaitsWhileOthersHoldTooMuch() throws InterruptedException {
        MemoryBudget.Share first = budget.take(6 * MB);
        AtomicBoolean taken = new AtomicBoolean();
        Thread second = Thread.ofVirtual().start(() -> takeAndGiveBack(5 * MB, taken));
        await().until(() -> second.getState() == Thread.State.WAITING);

        assertThat(taken).isFalse();
        first.close();
        second.join();
        assertThat(taken).isTrue();
        assertThat(budget.freeBytes()).isEqualTo(10 * MB);
    }

    @Test
    void aSmallTaskDoesNotPassALargeOne() throws InterruptedException {
        MemoryBudget.Share first = budget.take(6 * MB);
        AtomicBoolean large = new AtomicBoolean();
        AtomicBoolean small = new AtomicBoolean();
        Thread second = Thread.ofVirtual().start(() -> takeAndGiveBack(8 * MB, large));
        await().until(() -> second.getState() == Thread.State.WAITING);
        Thread third = Thread.ofVirtual().start(() -> takeAndGiveBack(1 * MB, small));
        await().until(() -> third.getState() == Thread.State.WAITING);

        assertThat(small).isFalse();
        first.close();
        second.join();
        third.join();
        assertThat(large).isTrue();
        assertThat(small).isTrue();
    }

    @Test
    void aTaskLargerThanTheBudgetGetsAllOfItAlone() throws InterruptedException {
        try (MemoryBudget.Share whole = budget.take(Long.MAX_VALUE)) {
            assertThat(budget.freeBytes()).isZero();
            whole.shrinkTo(MB);
            assertThat(budget.freeBytes()).isEqualTo(9 * MB);
            whole.shrinkTo(20 * MB);
            assertThat(budget.freeBytes()).isEqualTo(9 * MB);
        }
        assertThat(budget.freeBytes()).isEqualTo(10 * MB);
    }

    @Test
    void aTaskThatIsGivenUpTakesNothing() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (MemoryBudget.Share _ = budget.take(10 * MB)) {
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    budget.take(MB).close();
                } catch (InterruptedException givenUp) {
                    interrupted.countDown();
                }
            });
            await().until(() -> waiting.getState() == Thread.State.WAITING);
            waiting.interrupt();
            interrupted.await();
        }
        assertThat(budget.freeBytes()).isEqualTo(10 * MB);
    }

    @Test
    void aShareThatChangesHoldsNothingWhileItWaits() throws InterruptedException {
        MemoryBudget.Share one = budget.take(6 * MB);
        MemoryBudget.Share other = budget.take(4 * MB);
        Thread first = Thread.ofVirtual().start(() -> change(one, 10 * MB));
        Thread second = Thread.ofVirtual().start(() -> change(other, 10 * MB));

        first.join();
        second.join();
        assertThat(budget.freeBytes()).isEqualTo(10 * MB);
    }

    @Test
    void takesWithoutAWaitOnlyWhatIsFreeAndWhatNobodyWaitsFor() throws InterruptedException {
        MemoryBudget.Share first = budget.take(6 * MB);
        MemoryBudget.Share second = budget.none();

        assertThat(second.takeNow(5 * MB)).isFalse();
        assertThat(second.takeNow(4 * MB)).isTrue();
        assertThat(second.takeNow(3 * MB)).isTrue();
        assertThat(budget.freeBytes()).isEqualTo(1 * MB);

        Thread large = Thread.ofVirtual().start(() -> takeAndGiveBack(8 * MB, new AtomicBoolean()));
        await().until(() -> large.getState() == Thread.State.WAITING);
        assertThat(second.takeNow(1)).isFalse();
        assertThat(budget.freeBytes()).isEqualTo(4 * MB);
        first.close();
        large.join();
    }

    @Test
    void aShareOfTheHeapIsBetweenZeroAndOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryBudget.ofHeap(0));
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryBudget.ofHeap(1));
        assertThat(MemoryBudget.ofHeap(0.5).freeBytes())
                .isBetween(1L, Runtime.getRuntime().maxMemory() / 2);
    }

    private static void change(MemoryBudget.Share share, long bytes) {
        try (share) {
            share.take(bytes);
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAndGiveBack(long bytes, AtomicBoolean taken) {
        try (MemoryBudget.Share _ = budget.take(bytes)) {
            taken.set(true);
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
        }
    }
}
