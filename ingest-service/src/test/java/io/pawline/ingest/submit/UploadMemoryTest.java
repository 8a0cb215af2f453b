package io.pawline.ingest.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UploadMemoryTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong();
    private final UploadMemory memory = new UploadMemory(100, Duration.ofSeconds(60), nanos::get);

    @Test
    void holdsNeverMoreThanItsBytes() throws InterruptedException {
        try (UploadMemory.Share _ = now("a", 50);
                UploadMemory.Share _ = now("b", 50)) {
            assertThat(memory.held()).isEqualTo(100);
            assertThatThrownBy(() -> now("c", 1)).isInstanceOf(TooManyUploadsException.class);
        }
        assertThat(memory.held()).isZero();
        try (UploadMemory.Share _ = now("c", 1_000_000)) {
            assertThat(memory.held())
                    .as("one that is larger than all takes all")
                    .isEqualTo(100);
        }
    }

    @Test
    void leavesHalfToOtherTenants() throws InterruptedException {
        List<UploadMemory.Share> shares = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            shares.add(now("greedy", 10));
        }
        assertThatThrownBy(() -> now("greedy", 1)).isInstanceOf(TooManyUploadsException.class);
        for (int i = 0; i < 5; i++) {
            shares.add(now("other", 10));
        }
        shares.forEach(UploadMemory.Share::close);
        shares.forEach(UploadMemory.Share::close);
        assertThat(memory.held()).isZero();
    }

    @Test
    void givesAllMemoryForWorkToOneTenant() throws InterruptedException {
        UploadMemory work = UploadMemory.forWork(100, Duration.ofSeconds(60));
        try (UploadMemory.Share _ = work.take("a", 60, Duration.ZERO);
                UploadMemory.Share _ = work.take("a", 40, Duration.ZERO)) {
            assertThat(work.held()).isEqualTo(100);
        }
        assertThat(work.held()).isZero();
    }

    @Test
    void letsOthersPassATenantThatHasItsShare() throws InterruptedException {
        UploadMemory.Share share = now("greedy", 50);
        CompletableFuture<UploadMemory.Share> second = waiting("greedy", 10);
        now("other", 50).close();
        assertThat(second).isNotDone();
        share.close();
        second.join().close();
        assertThat(memory.held()).isZero();
    }

    @Test
    void servesALargeOneBeforeSmallOnesThatCameLater() throws InterruptedException {
        UploadMemory.Share first = now("a", 40);
        CompletableFuture<UploadMemory.Share> large = waiting("b", 80);
        CompletableFuture<UploadMemory.Share> small = waiting("c", 30);
        assertThat(memory.held()).isEqualTo(40);
        first.close();
        UploadMemory.Share second = large.join();
        assertThat(memory.waiting()).isEqualTo(1);
        second.close();
        small.join().close();
    }

    @Test
    void extendsAShareByTheLargestOfWhatComesBesideIt() throws InterruptedException {
        UploadMemory.Share share = now("a", 40);
        share.extend(20, Duration.ZERO);
        assertThat(memory.held()).isEqualTo(60);
        share.extend(10, Duration.ZERO);
        assertThat(memory.held()).isEqualTo(60);
        share.extend(1_000, Duration.ZERO);
        assertThat(memory.held()).isEqualTo(100);
        share.close();
        share.close();
        assertThat(memory.held()).isZero();
        try (UploadMemory.Share none = memory.none("a")) {
            assertThat(memory.held()).isZero();
            none.extend(30, Duration.ZERO);
            assertThat(memory.held()).isEqualTo(30);
        }
        assertThat(memory.held()).isZero();
    }

    @Test
    void twoThatWantMoreDoNotWaitForEachOther() throws InterruptedException {
        UploadMemory.Share first = now("a", 50);
        UploadMemory.Share second = now("b", 50);
        CompletableFuture<Void> larger = CompletableFuture.runAsync(() -> extend(second, Duration.ofSeconds(10)));
        await().until(() -> memory.waiting() == 1);
        assertThatThrownBy(() -> first.extend(40, Duration.ZERO)).isInstanceOf(TooManyUploadsException.class);
        larger.join();
        assertThatThrownBy(() -> first.extend(40, LONG))
                .as("refused at once the second time")
                .isInstanceOf(TooManyUploadsException.class);
        assertThat(memory.held()).as("what is held is counted").isEqualTo(140);
        first.close();
        second.close();
        assertThat(memory.held()).isZero();
    }

    private static void extend(UploadMemory.Share share, Duration longestWait) {
        try {
            share.extend(40, longestWait);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void takesNothingForAWaitThatIsInterrupted() throws InterruptedException {
        UploadMemory.Share first = now("a", 100);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiting = Thread.startVirtualThread(() -> {
            try {
                memory.take("b", 100, LONG).close();
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await().until(() -> memory.waiting() == 1);
        waiting.interrupt();
        assertThat(interrupted.join()).isTrue();
        first.close();
        now("c", 100).close();
        assertThat(memory.held()).isZero();
    }

    /** Nothing was given back yet. So half of the memory, which is all that a tenant gets, is taken to need ten seconds. */
    @Test
    void guessesThePaceWhileNothingIsKnown() throws InterruptedException {
        now("a", 50);
        assertThat(retryAfter("a", 25)).isEqualTo(Duration.ofSeconds(5));
        assertThat(retryAfter("a", 15)).isEqualTo(Duration.ofSeconds(8));
        assertThat(retryAfter("a", 10)).isEqualTo(Duration.ofSeconds(10));
        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(retryAfter("a", 10))
                .as("places of those who do not come are given up")
                .isEqualTo(Duration.ofSeconds(2));
    }

    /** Ten bytes are given back each second. Each refused client comes back when it is its turn. */
    @Test
    void givesOneTurnAfterTheOther() throws InterruptedException {
        UploadMemory.Share first = now("a", 50);
        CompletableFuture<UploadMemory.Share> second = waiting("a", 50);
        CompletableFuture<UploadMemory.Share> third = waiting("a", 50);
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        first.close();
        UploadMemory.Share held = second.join();
        assertThat(retryAfter("a", 20)).isEqualTo(Duration.ofSeconds(7));
        assertThat(retryAfter("a", 10)).isEqualTo(Duration.ofSeconds(8));
        assertThat(retryAfter("a", 30)).isEqualTo(Duration.ofSeconds(11));
        assertThat(retryAfter("a", 10))
                .as("who comes again too early has its place already")
                .isEqualTo(Duration.ofSeconds(8));
        assertThat(retryAfter("b", 100))
                .as("another tenant does not wait for it, and has the pace that is known")
                .isEqualTo(Duration.ofSeconds(10));
        held.close();
        third.join().close();
    }

    @Test
    void servesWhoComesBackBeforeWhoCameLater() throws InterruptedException {
        UploadMemory.Share held = now("a", 50);
        assertThatThrownBy(() -> now("a", 40)).isInstanceOf(TooManyUploadsException.class);
        CompletableFuture<UploadMemory.Share> later = waiting("a", 20);
        CompletableFuture<UploadMemory.Share> back = waiting("a", 40);
        held.close();
        assertThat(memory.held()).isEqualTo(40);
        back.join().close();
        later.join().close();
    }

    @Test
    void servesALargeOneBeforeLaterOnesOfItsTenant() throws InterruptedException {
        UploadMemory.Share one = now("a", 20);
        UploadMemory.Share other = now("a", 20);
        CompletableFuture<UploadMemory.Share> large = waiting("a", 50);
        CompletableFuture<UploadMemory.Share> small = waiting("a", 10);
        one.close();
        assertThat(memory.waiting()).isEqualTo(2);
        other.close();
        large.join().close();
        small.join().close();
    }

    @Test
    void spreadsThoseWhoWouldWaitForTooLong() throws InterruptedException {
        UploadMemory.Share first = now("a", 50);
        CompletableFuture<UploadMemory.Share> second = waiting("a", 50);
        nanos.addAndGet(Duration.ofSeconds(500).toNanos());
        first.close();
        Set<Long> times = new HashSet<>();
        for (int refused = 0; refused < 10; refused++) {
            Duration time = retryAfter("a", 90L + refused);
            assertThat(time).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(10));
            times.add(time.toSeconds());
        }
        assertThat(times).hasSize(10);
        second.join().close();
    }

    /** A process is slow when it has just started. What it does later counts. */
    @Test
    void forgetsThePaceOfBefore() throws InterruptedException {
        List<CompletableFuture<UploadMemory.Share>> queue = new ArrayList<>();
        UploadMemory.Share held = now("a", 50);
        for (int turn = 0; turn < 60; turn++) {
            queue.add(waiting("a", 50));
        }
        for (int turn = 0; turn < 59; turn++) {
            nanos.addAndGet(Duration.ofSeconds(turn == 0 ? 500 : 5).toNanos());
            held.close();
            held = queue.get(turn).join();
        }

        // 50 bytes wait, and ten come after them
        assertThat(retryAfter("a", 10)).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(8));
        held.close();
        queue.getLast().join().close();
    }

    private UploadMemory.Share now(String tenant, long bytes) throws InterruptedException {
        return memory.take(tenant, bytes, Duration.ZERO);
    }

    private Duration retryAfter(String tenant, long bytes) throws InterruptedException {
        try (UploadMemory.Share _ = now(tenant, bytes)) {
            throw new AssertionError("not refused");
        } catch (TooManyUploadsException e) {
            return e.retryAfter();
        }
    }

    /** Asks for a share on another thread, and returns when the request waits. */
    private CompletableFuture<UploadMemory.Share> waiting(String tenant, long bytes) {
        int before = memory.waiting();
        CompletableFuture<UploadMemory.Share> taken = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                taken.complete(memory.take(tenant, bytes, LONG));
            } catch (InterruptedException | RuntimeException e) {
                taken.completeExceptionally(e);
            }
        });
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> memory.waiting() > before);
        return taken;
    }
}
