package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterGroupsIT {

    /** More than are counted one by one. */
    private static final int MANY = DeadLetterGroups.MOST_COUNTED + 5_000;

    private static final Duration HOUR = Duration.ofHours(1);

    private static final TaskDatabase DATABASE = TestingDatabase.open();
    private static final DeadLetterGroups GROUPS = new DeadLetterGroups(DATABASE);

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() {
        execute("truncate dead_letter cascade");
    }

    @Test
    void manyOfOneStateAreCountedWholeByCauseAndTime() {
        add("generate", "overloaded", MANY);
        add("matting", "read_timeout", 20);
        execute("update dead_letter set state = 'discarded' where id % 5 = 0");

        assertThat(GROUPS.by(open(null), HOUR).more()).isFalse();
        assertThat(counts(open(null))).isEqualTo(counted("state = 'open'"));
        assertThat(counts(filter("discarded", null))).isEqualTo(counted("state = 'discarded'"));
        assertThat(counts(filter(null, null))).isEqualTo(counted("true"));
        DeadLetterGroup overloaded = GROUPS.by(open(null), HOUR).groups().getFirst();
        assertThat(overloaded.overTime().stream()
                        .mapToLong(DeadLetterGroup.Span::count)
                        .sum())
                .isEqualTo(overloaded.count());
        assertThat(overloaded.overTime()).hasSizeGreaterThan(3);
    }

    @Test
    void ofManyWithAnotherPropertyTheNewestAreCounted() {
        add("generate", "overloaded", MANY);
        execute("update dead_letter set tenant = 'shop'");

        DeadLetterGroups.Counted counted = GROUPS.by(open("shop"), HOUR);

        assertThat(counted.more()).isTrue();
        assertThat(counted.letters()).isEqualTo(DeadLetterGroups.MOST_COUNTED);
        Instant newest = DATABASE.with(handle -> handle.createQuery("select max(failed_at) from dead_letter")
                .mapTo(Instant.class)
                .one());
        assertThat(counted.groups().getFirst().newest()).isEqualTo(newest);
    }

    @Test
    void theTallyIsRightWhateverChangesTheDeadLettersAtOnce() throws Exception {
        add("generate", "overloaded", MANY);
        try (ExecutorService many = Executors.newFixedThreadPool(4)) {
            List<Future<?>> done = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(worker -> many.submit(() -> {
                        for (int i = 0; i < 15; i++) {
                            add("stage-" + worker % 2, "overloaded", 7);
                            execute("update dead_letter set state = 'replaying', reason = 'billing' where id %% 60 = %d"
                                    .formatted(worker * 15 + i));
                            execute("delete from dead_letter where id %% 60 = %d and id %% 7 = 0"
                                    .formatted(worker * 15 + i));
                            GROUPS.sumUp(50);
                        }
                    }))
                    .toList();
            for (Future<?> worker : done) {
                worker.get();
            }
        }

        assertThat(tally()).isEqualTo(counted("true"));
        while (GROUPS.sumUp(1_000) > 0) {
            // There are more
        }
        assertThat(tally()).as("summed up").isEqualTo(counted("true"));
        assertThat(one("""
                select count(*) - count(distinct (state, stage, reason, provider_code, hour)) from dead_letter_tally""")).as("rows that stand for the same").isZero();
        execute("delete from dead_letter");
        while (GROUPS.sumUp(1_000) > 0) {
            // There are more
        }
        assertThat(one("select count(*) from dead_letter_tally")).isZero();
    }

    private static void add(String stage, String reason, int number) {
        DATABASE.with(handle -> handle.createUpdate("""
                        insert into dead_letter (topic, partition, record_offset, stage, reason, detail, provider_code,
                            failed_at, attempts, generation, state)
                        select 'pawline.' || :stage || '.dlt', 0, nextval('dead_letter_id_seq'), :stage, :reason, '',
                            case when n % 2 = 0 then 'HTTP 503' end,
                            timestamptz '2026-11-23 10:00:00Z' + n * interval '1 second', 1, 1, 'open'
                        from generate_series(1, :number) n
                        """)
                .bind("stage", stage)
                .bind("reason", reason)
                .bind("number", number)
                .execute());
    }

    private static void execute(String sql) {
        DATABASE.with(handle -> handle.execute(sql));
    }

    private static long one(String sql) {
        return DATABASE.with(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private static Map<String, Long> counts(DeadLetterFilter filter) {
        return GROUPS.by(filter, HOUR).groups().stream()
                .collect(Collectors.toMap(
                        group -> group.stage() + " " + group.reason() + " " + group.providerCode(),
                        DeadLetterGroup::count));
    }

    private static Map<String, Long> counted(String where) {
        return sums("select stage || ' ' || reason || ' ' || coalesce(provider_code, 'null'), count(*) from dead_letter"
                + " where " + where + " group by 1");
    }

    private static Map<String, Long> tally() {
        return sums("select stage || ' ' || reason || ' ' || coalesce(provider_code, 'null'), sum(letters)"
                + " from dead_letter_tally group by 1 having sum(letters) <> 0");
    }

    private static Map<String, Long> sums(String sql) {
        return DATABASE.with(handle ->
                handle.createQuery(sql).map((row, _) -> Map.entry(row.getString(1), row.getLong(2))).list().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private static DeadLetterFilter open(@Nullable String tenant) {
        return filter("open", tenant);
    }

    private static DeadLetterFilter filter(@Nullable String state, @Nullable String tenant) {
        return new DeadLetterFilter(
                List.of(), state, null, null, null, tenant, null, null, null, null, null, null, null, null, null);
    }
}
