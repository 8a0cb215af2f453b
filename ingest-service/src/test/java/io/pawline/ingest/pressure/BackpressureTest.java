package io.pawline.ingest.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ingest.IngestProperties;
import io.pawline.schemas.TaskId;
import io.pawline.taskstore.PhotoSource;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class BackpressureTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final int FREE = 100;
    private static final int MAX_WAIT_SECONDS = 600;

    /** One task ends each second, so the next task takes as many seconds as tasks are open. */
    private static Backpressure takingSeconds(long seconds, Random random) {
        return looking(seconds, 1, random);
    }

    private static Backpressure looking(long open, int perSecond, Random random) {
        return looking(Map.of("default", open), perSecond, random);
    }

    private static Backpressure looking(Map<String, Long> open, int perSecond, Random random) {
        Backpressure backpressure = new Backpressure(
                () -> open,
                since -> Duration.between(since, NOW).toSeconds() * perSecond,
                tenant -> tenant.equals("double") ? 2 : 1,
                new IngestProperties.Backlog(Duration.ofSeconds(MAX_WAIT_SECONDS), FREE),
                Clock.fixed(NOW, ZoneOffset.UTC),
                random);
        backpressure.refresh();
        return backpressure;
    }

    private static Submission task(String tenant, Duration untilDeadline) {
        return task(tenant, Priority.INTERACTIVE, untilDeadline);
    }

    private static Submission task(Priority priority, Duration untilDeadline) {
        return task("default", priority, untilDeadline);
    }

    private static Submission task(String tenant, Priority priority, Duration untilDeadline) {
        return new Submission(
                TaskId.next(),
                tenant,
                "ink",
                new PhotoSource.Remote(URI.create("https://photos.example/cat.jpg")),
                null,
                NOW,
                NOW.plus(untilDeadline),
                priority,
                null,
                null);
    }

    @Property
    void refusesExactlyTheTasksThatWouldTakeTooLong(
            @ForAll @LongRange(min = FREE + 1, max = 5_000) long takes,
            @ForAll @IntRange(min = 1, max = 5_000) int untilDeadline,
            @ForAll Priority priority,
            @ForAll Random random) {
        int most = priority == Priority.BULK ? MAX_WAIT_SECONDS / 2 : MAX_WAIT_SECONDS;

        var refusal = takingSeconds(takes, random).refusal(task(priority, Duration.ofSeconds(untilDeadline)));

        assertThat(refusal.isPresent()).isEqualTo(takes > Math.min(most, untilDeadline));
    }

    /** The backlog of now says little about the time when the task starts. */
    @Property
    void aTaskThatStartsLaterMayWaitUntilThenBesides(
            @ForAll @LongRange(min = FREE + 1, max = 5_000) long takes,
            @ForAll @IntRange(min = 1, max = 5_000) int startsIn) {
        Submission later = startingIn(Duration.ofSeconds(startsIn));

        var refusal = takingSeconds(takes, new Random(1)).refusal(later);

        assertThat(refusal.isPresent()).isEqualTo(takes > MAX_WAIT_SECONDS + startsIn);
    }

    @Example
    void aStandstillRefusesOnlyTasksThatStartSoon() {
        Backpressure standing = looking(FREE + 1, 0, new Random(1));
        assertThat(standing.refusal(startingIn(Duration.ofSeconds(MAX_WAIT_SECONDS))))
                .isPresent();
        assertThat(standing.refusal(startingIn(Duration.ofSeconds(MAX_WAIT_SECONDS + 1))))
                .isEmpty();
    }

    private static Submission startingIn(Duration time) {
        Submission now = task(Priority.INTERACTIVE, DAY);
        return new Submission(
                now.id(),
                now.tenant(),
                now.style(),
                now.photo(),
                null,
                NOW,
                now.deadline(),
                now.priority(),
                null,
                null,
                null,
                NOW.plus(time),
                null);
    }

    @Property
    void retryAfterIsTheTimeUntilTheBacklogIsShortEnough(
            @ForAll @LongRange(min = MAX_WAIT_SECONDS + 1, max = 5_000) long takes, @ForAll Random random) {
        Refusal refusal = takingSeconds(takes, random)
                .refusal(task(Priority.INTERACTIVE, DAY))
                .orElseThrow();

        long honest = Math.clamp(takes - MAX_WAIT_SECONDS, 5, 600);
        assertThat(refusal.retryAfter().toMillis()).isBetween(honest * 1000, honest * 1200 + 1000);
        assertThat(refusal.detail()).contains(takes + " s", MAX_WAIT_SECONDS + " s");
    }

    @Example
    void doesNotLetAllComeAgainAtOnce() {
        Backpressure backpressure = takingSeconds(900, new Random(1));

        assertThat(Stream.generate(() -> backpressure.refusal(task(Priority.INTERACTIVE, DAY)))
                        .limit(1000)
                        .map(refusal -> refusal.orElseThrow().retryAfter())
                        .distinct())
                .hasSizeGreaterThan(50);
    }

    @Property
    void acceptsTheFreeTasksWithoutAPrediction(
            @ForAll @LongRange(min = 0, max = FREE) long open, @ForAll @IntRange(min = 0, max = 1) int perSecond) {
        assertThat(looking(open, perSecond, new Random(1)).refusal(task(Priority.BULK, Duration.ofSeconds(1))))
                .isEmpty();
    }

    @Example
    void acceptsNoMoreThanThatWhileNothingEnds() {
        assertThat(looking(FREE + 1, 0, new Random(1)).refusal(task(Priority.INTERACTIVE, DAY)))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.detail()).contains("101 tasks come before it and none has ended");
                    assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
                });
    }

    @Example
    void anotherTenantsBacklogKeepsNobodyOut() {
        Backpressure backpressure = looking(Map.of("heavy", 100_000L, "light", 150L, "default", 0L), 1, new Random(1));

        assertThat(backpressure.refusal(task("default", DAY))).isEmpty();
        assertThat(backpressure.refusal(task("never seen", DAY))).isEmpty();
        assertThat(backpressure.refusal(task("light", DAY)))
                .as("300 tasks end before it")
                .isEmpty();
        assertThat(backpressure.refusal(task("light", Duration.ofSeconds(299)))).isPresent();
        assertThat(backpressure.refusal(task("heavy", DAY))).isPresent();
    }

    @Example
    void aTenantOfTwiceTheWeightWaitsForHalfOfTheOthers() {
        Backpressure backpressure = looking(Map.of("double", 200L, "single", 200L), 1, new Random(1));

        assertThat(backpressure.refusal(task("double", Duration.ofMinutes(5)))).isEmpty();
        assertThat(backpressure.refusal(task("double", Duration.ofSeconds(299))))
                .isPresent();
        assertThat(backpressure.refusal(task("single", Duration.ofSeconds(400))))
                .isEmpty();
        assertThat(backpressure.refusal(task("single", Duration.ofSeconds(399))))
                .isPresent();
    }

    @Example
    void knowsNothingAndAcceptsEverythingBeforeItHasLooked() {
        Backpressure blind = new Backpressure(
                () -> Map.of("default", 5_000L),
                _ -> 0,
                _ -> 1,
                new IngestProperties.Backlog(Duration.ofSeconds(1), FREE),
                Clock.systemUTC(),
                new Random(1));

        assertThat(blind.refusal(task(Priority.BULK, DAY))).isEmpty();
    }
}
