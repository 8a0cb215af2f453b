package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.deadletters.DeadLetterQueries.Place;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TestingPlans;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Builders;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Questions about dead letters cost by those that the filter leaves, in any combination of what it takes. */
class DeadLetterCostIT {

    private static final int DEAD_LETTERS = 20_000;
    private static final Instant FROM = Instant.parse("2026-10-14T00:00:30Z");
    private static final Duration SPAN = Duration.ofDays(40);

    /** What they have is not independent, as it never is: a stage has its reasons, and what is old is no longer open. */
    private static final String FILL = """
            insert into dead_letter (topic, partition, record_offset, stage, reason, detail, provider_code, failed_at,
                attempts, task_id, generation, tenant, style, client_ref, state, search)
            select 'pawline.' || stage || '.dlt', 0, n, stage,
                case when n % 4001 = 5 then 'billing' when stage = 'detect' then 'no_pet' else 'read_timeout' end,
                case when stage = 'detect' then 'There is a car in the photo.' else 'No answer in time.' end,
                case when stage <> 'detect' then 'HTTP ' || (500 + n % 4) end,
                cast(:from as timestamptz) + case when n % 3 = 0 then interval '20 days' + n * interval '150 ms'
                    else n * make_interval(secs => :step) end,
                case when n % 2999 = 0 then 200 else 1 + n % 5 end,
                ('00000000-0000-7000-8000-' || lpad(to_hex(n / 2), 12, '0'))::uuid, 1 + n % 2,
                case when n < 200 then 'gone' when n % 10 < 7 then 'large' else 'small' end,
                case when n % 7 = 0 then 'ink' else 'oil' end,
                case when n % 3 = 1 then 'all' when n % 3 = 2 then 'order-' || n end,
                case when n > 18000 then 'open' when n % 40 = 0 then 'replayed' else 'discarded' end,
                to_tsvector('simple', case when stage = 'detect' then 'There is a car in the photo.' else 'No answer in time.' end)
            from (select n, (array['detect', 'generate', 'matting'])[1 + n % 3] stage
                from generate_series(0, :number - 1) n) numbered
            """;

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final TestingPlans PLANS = new TestingPlans(DATABASE);
    private static final DeadLetterQueries QUERIES = new DeadLetterQueries(DATABASE);
    private static final DeadLetterGroups GROUPS = new DeadLetterGroups(DATABASE);
    private static final List<DeadLetter> ALL = new ArrayList<>();

    @BeforeContainer
    static void fill() {
        DATABASE.jdbi().useHandle(handle -> {
            handle.createUpdate(FILL)
                    .bind("number", DEAD_LETTERS)
                    .bind("from", FROM.atOffset(ZoneOffset.UTC))
                    .bind("step", (double) SPAN.toSeconds() / DEAD_LETTERS)
                    .execute();
            handle.execute("vacuum analyze dead_letter");
        });
        ALL.addAll(DATABASE.with(handle -> handle.createQuery("select * from dead_letter")
                .map((row, _) -> DeadLetter.of(row))
                .list()));
    }

    @AfterContainer
    static void stop() {
        DATABASE.close();
    }

    @Property(tries = 250, shrinking = ShrinkingMode.OFF)
    void aPageCostsByItsDeadLetters(@ForAll("filters") DeadLetterFilter filter, @ForAll("places") int below)
            throws Exception {
        int limit = 21;

        TestingPlans.Cost cost = PLANS.of(() -> QUERIES.page(filter, place(below), limit));

        assertThat(cost.sequential()).as(cost.plans()).isEmpty();
        assertThat(cost.removed()).as(cost.plans()).isLessThanOrEqualTo(10 * cost.returned() + limit);
        assertThat(cost.returned()).as(cost.plans()).isLessThanOrEqualTo(13L * limit);
    }

    @Property(tries = 250, shrinking = ShrinkingMode.OFF)
    void aPageHasTheNewestDeadLettersThatFit(@ForAll("filters") DeadLetterFilter filter, @ForAll("places") int below) {
        int limit = 21;
        Place place = place(below);

        assertThat(QUERIES.page(filter, place, limit))
                .extracting(DeadLetter::id)
                .containsExactlyElementsOf(left(filter)
                        .filter(deadLetter -> place == null || NEWEST.compare(deadLetter, atPlace(below)) > 0)
                        .sorted(NEWEST)
                        .limit(limit)
                        .map(DeadLetter::id)
                        .toList());
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void groupsCostByTheDeadLettersInThem(@ForAll("filters") DeadLetterFilter filter) throws Exception {
        long expected = left(filter).count();
        DeadLetterGroups.Counted counted = GROUPS.by(filter, Duration.ofHours(1));
        if (counted.more()) {
            assertThat(counted.letters())
                    .isLessThanOrEqualTo(expected)
                    .isGreaterThanOrEqualTo(DeadLetterGroups.MOST_READ / 11)
                    .isLessThanOrEqualTo(DeadLetterGroups.MOST_COUNTED);
        } else {
            assertThat(counted.letters()).isEqualTo(expected);
        }

        TestingPlans.Cost cost = PLANS.of(() -> GROUPS.by(filter, Duration.ofHours(1)));

        // The tally is small, and whoever asks for all of them reads all of it
        assertThat(cost.sequential()).as(cost.plans()).isSubsetOf("dead_letter_tally");
        assertThat(cost.removed()).as(cost.plans()).isLessThanOrEqualTo(10 * expected + 50);
        assertThat(cost.returned())
                .as(cost.plans())
                .isLessThanOrEqualTo(Math.min(11 * expected + 100, DeadLetterGroups.MOST_READ + 10L * DEAD_LETTERS));
    }

    private static final Comparator<DeadLetter> NEWEST = Comparator.comparing(DeadLetter::failedAt)
            .thenComparingLong(DeadLetter::id)
            .reversed();

    private static @Nullable Place place(int below) {
        return below < 0 ? null : Place.of(atPlace(below));
    }

    private static DeadLetter atPlace(int below) {
        return ALL.get(below);
    }

    private static Stream<DeadLetter> left(DeadLetterFilter filter) {
        return ALL.stream()
                .filter(it -> filter.ids().isEmpty() || filter.ids().contains(it.id()))
                .filter(equal(filter.state(), DeadLetter::state))
                .filter(equal(filter.stage(), DeadLetter::stage))
                .filter(equal(filter.reason(), DeadLetter::reason))
                .filter(it -> filter.providerCode() == null
                        || Objects.equals(
                                it.providerCode(),
                                filter.providerCode().equals(DeadLetterFilter.NO_CODE) ? null : filter.providerCode()))
                .filter(equal(filter.tenant(), DeadLetter::tenant))
                .filter(equal(filter.style(), DeadLetter::style))
                .filter(equal(filter.clientRef(), DeadLetter::clientRef))
                .filter(equal(filter.taskId(), DeadLetter::taskId))
                .filter(equal(filter.generation(), DeadLetter::generation))
                .filter(it -> filter.minAttempts() == null || it.attempts() >= filter.minAttempts())
                .filter(it -> filter.maxAttempts() == null || it.attempts() <= filter.maxAttempts())
                .filter(it -> filter.from() == null || !it.failedAt().isBefore(filter.from()))
                .filter(it -> filter.to() == null || it.failedAt().isBefore(filter.to()))
                .filter(it -> filter.words() == null || it.detail().contains(filter.words()));
    }

    private static <T> Predicate<DeadLetter> equal(@Nullable T wanted, Function<DeadLetter, @Nullable T> part) {
        return it -> wanted == null || wanted.equals(part.apply(it));
    }

    @Provide
    Arbitrary<Integer> places() {
        return Arbitraries.oneOf(Arbitraries.just(-1), Arbitraries.integers().between(0, DEAD_LETTERS - 1));
    }

    /** What a filter may say, each part of it or not. */
    private static final class Parts {
        private List<Long> ids = List.of();
        private @Nullable String state;
        private @Nullable String stage;
        private @Nullable String reason;
        private @Nullable String code;
        private @Nullable String tenant;
        private @Nullable String style;
        private @Nullable String clientRef;
        private @Nullable UUID task;
        private @Nullable Integer generation;
        private @Nullable Integer least;
        private @Nullable Integer most;
        private @Nullable Instant from;
        private @Nullable Instant to;
        private @Nullable String words;

        DeadLetterFilter filter() {
            return new DeadLetterFilter(
                    ids,
                    state,
                    stage,
                    reason,
                    code,
                    tenant,
                    style,
                    clientRef,
                    task,
                    generation,
                    least,
                    most,
                    from,
                    to,
                    words);
        }
    }

    @Provide
    Arbitrary<DeadLetterFilter> filters() {
        return Builders.withBuilder(Parts::new)
                .use(Arbitraries.frequencyOf(
                        Tuple.of(19, Arbitraries.just(List.<Long>of())),
                        Tuple.of(
                                1,
                                Arbitraries.longs()
                                        .between(1, DEAD_LETTERS)
                                        .list()
                                        .ofMaxSize(20))))
                .inSetter((parts, ids) -> parts.ids = ids)
                .use(maybe(List.of("open", "discarded", "replayed", "replaying")))
                .inSetter((parts, state) -> parts.state = state)
                .use(maybe(List.of("detect", "generate", "matting")))
                .inSetter((parts, stage) -> parts.stage = stage)
                .use(maybe(List.of("no_pet", "read_timeout", "billing")))
                .inSetter((parts, reason) -> parts.reason = reason)
                .use(maybe(List.of("HTTP 500", "HTTP 503", DeadLetterFilter.NO_CODE)))
                .inSetter((parts, code) -> parts.code = code)
                .use(maybe(List.of("large", "small", "gone", "nobody")))
                .inSetter((parts, tenant) -> parts.tenant = tenant)
                .use(maybe(List.of("ink", "oil")))
                .inSetter((parts, style) -> parts.style = style)
                .use(maybe(List.of("all", "order-5", "x".repeat(300))))
                .inSetter((parts, clientRef) -> parts.clientRef = clientRef)
                .use(Arbitraries.of(new UUID(0x7000, 0x8000_0000_0000_0007L)).injectNull(0.95))
                .inSetter((parts, task) -> parts.task = task)
                .use(maybe(List.of(1, 2, 3)))
                .inSetter((parts, generation) -> parts.generation = generation)
                .use(maybe(List.of(0, 2, 5, 100)))
                .inSetter((parts, least) -> parts.least = least)
                .use(maybe(List.of(1, 4, 150, 1_000)))
                .inSetter((parts, most) -> parts.most = most)
                .use(moments())
                .inSetter((parts, from) -> parts.from = from)
                .use(moments())
                .inSetter((parts, to) -> parts.to = to)
                .use(maybe(List.of("car", "answer")))
                .inSetter((parts, words) -> parts.words = words)
                .build(Parts::filter);
    }

    /** Two of three filters leave it out. */
    private static <T> Arbitrary<@Nullable T> maybe(List<T> values) {
        return Arbitraries.of(values).injectNull(0.7);
    }

    private static Arbitrary<@Nullable Instant> moments() {
        return Arbitraries.longs()
                .between(-100_000, SPAN.toMillis() + 100_000)
                .map(FROM::plusMillis)
                .injectNull(0.6);
    }
}
