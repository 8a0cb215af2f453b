package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.report.CauseSums.Failed;
import io.pawline.ops.report.CostSums.Bill;
import io.pawline.ops.report.CostSums.Lost;
import io.pawline.ops.report.Report.Retries;
import io.pawline.ops.report.Report.StageCalls;
import io.pawline.ops.report.ReportCost.Waste;
import io.pawline.ops.report.SpanSums.Part;
import io.pawline.ops.report.StageSums.StageTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Compares the sums, which read each call once, with the same sums by their definitions, each over all calls. */
class CallSumsTest {

    private static final Instant FROM = Instant.parse("2026-11-23T05:29:00Z");
    private static final Duration SPAN = Duration.ofSeconds(10);
    private static final Comparator<LedgerCall> BY_TIME =
            Comparator.comparing(LedgerCall::startedAt).thenComparing(LedgerCall::id);

    record Ledger(List<LedgerCall> calls, Map<UUID, TaskStates.State> states) {

        CallSums sums() {
            CallSums sums = new CallSums(FROM, SPAN, tasks -> {
                Map<UUID, TaskStates.State> found = new HashMap<>(states);
                found.keySet().retainAll(tasks);
                return found;
            });
            calls.stream()
                    .collect(Collectors.groupingBy(LedgerCall::task))
                    .values()
                    .forEach(sums::addTask);
            return sums;
        }

        List<LedgerCall> where(Predicate<LedgerCall> which) {
            return calls.stream().filter(which).toList();
        }

        long count(Predicate<LedgerCall> which) {
            return calls.stream().filter(which).count();
        }

        /** The calls of the same task in the same stage, as far as they were made before. */
        List<LedgerCall> before(LedgerCall call) {
            return calls.stream()
                    .filter(other -> taskStage(other).equals(taskStage(call)) && BY_TIME.compare(other, call) < 0)
                    .sorted(BY_TIME)
                    .toList();
        }
    }

    @Property(tries = 500)
    void stagesAreSummedUpByTheirDefinition(@ForAll("ledgers") Ledger ledger) {
        List<StageTime> expected = new ArrayList<>();
        for (List<String> leg : distinct(ledger.calls(), CallSumsTest::leg)) {
            List<LedgerCall> calls = ledger.where(call -> leg(call).equals(leg));
            List<LedgerCall> failed = calls.stream().filter(LedgerCall::failed).toList();
            long succeeded = calls.stream().filter(LedgerCall::succeeded).count();
            long tasks = distinct(calls, CallSumsTest::generation).size();
            List<Long> durations = durations(calls, _ -> true);
            expected.add(new StageTime(
                    new StageCalls(
                            leg.getFirst(),
                            leg.getLast(),
                            calls.size(),
                            succeeded,
                            failed.size(),
                            calls.size() - succeeded - failed.size(),
                            calls.stream().filter(LedgerCall::orphaned).count(),
                            tasks,
                            distinct(failed, CallSumsTest::generation).size(),
                            calls.size() - tasks,
                            Shares.of(succeeded, succeeded + failed.size()),
                            Shares.of(failed.size(), succeeded + failed.size()),
                            Shares.of(calls.size(), tasks),
                            Shares.money(micros(calls)),
                            percentile(durations, 0.5),
                            percentile(durations, 0.95),
                            percentile(durations, 0.99),
                            mean(durations(calls, call -> "read_timeout".equals(call.reason())))),
                    durations.stream().mapToLong(Long::longValue).sum()));
        }

        assertThat(ledger.sums().stages()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Property(tries = 500)
    void causesAreSummedUpByTheirDefinition(@ForAll("ledgers") Ledger ledger) {
        List<LedgerCall> failed = ledger.where(LedgerCall::failed);

        List<Failed> causes = ledger.sums().causes();

        assertThat(causes)
                .extracting(cause -> List.of(cause.stage(), cause.provider(), cause.reason()))
                .containsExactlyInAnyOrderElementsOf(distinct(failed, CallSumsTest::cause));
        assertThat(causes)
                .isSortedAccordingTo(Comparator.comparingLong(Failed::count).reversed());
        for (Failed cause : causes) {
            List<LedgerCall> calls = failed.stream()
                    .filter(call -> cause(call).equals(List.of(cause.stage(), cause.provider(), cause.reason())))
                    .toList();
            assertThat(cause.count()).isEqualTo(calls.size());
            assertThat(cause.tasks())
                    .isEqualTo(distinct(calls, CallSumsTest::generation).size());
            assertThat(calls).contains(cause.newest());
            assertThat(calls)
                    .allSatisfy(call -> assertThat(call.startedAt())
                            .isBeforeOrEqualTo(cause.newest().startedAt()));
        }
    }

    @Property(tries = 500)
    void spansAreSummedUpByTheirDefinition(@ForAll("ledgers") Ledger ledger) {
        Map<List<?>, List<LedgerCall>> spans = ledger.calls().stream()
                .collect(Collectors.groupingBy(call -> List.of(
                        at(call.startedAt().getEpochSecond()
                                - Math.floorMod(
                                        call.startedAt().getEpochSecond() - FROM.getEpochSecond(), SPAN.toSeconds())),
                        call.stage(),
                        call.failed() ? call.cause() : "")));
        List<Part> expected = spans.entrySet().stream()
                .map(span -> new Part(
                        (Instant) span.getKey().get(0),
                        (String) span.getKey().get(1),
                        span.getKey().get(2).equals("")
                                ? null
                                : (String) span.getKey().get(2),
                        span.getValue().size(),
                        span.getValue().stream().filter(LedgerCall::failed).count(),
                        span.getValue().stream()
                                .filter(call -> !ledger.before(call).isEmpty())
                                .count()))
                .toList();

        assertThat(ledger.sums().parts()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Property(tries = 500)
    void retriesAreSummedUpByTheirDefinition(@ForAll("ledgers") Ledger ledger) {
        List<Long> pauses = new ArrayList<>();
        for (LedgerCall call : ledger.calls()) {
            List<LedgerCall> before = ledger.before(call);
            if (!before.isEmpty()
                    && before.getLast().failed()
                    && before.getLast().endedAt() != null) {
                pauses.add(Duration.between(before.getLast().endedAt(), call.startedAt())
                        .toMillis());
            }
        }
        Map<List<?>, List<LedgerCall>> taskStages =
                ledger.calls().stream().collect(Collectors.groupingBy(CallSumsTest::taskStage));
        long atOnce = pauses.stream().filter(pause -> pause < 1_000).count();
        double ofFailing = taskStages.values().stream()
                .filter(calls -> calls.stream().anyMatch(LedgerCall::failed))
                .mapToInt(List::size)
                .average()
                .orElse(0);

        assertThat(ledger.sums().retries())
                .isEqualTo(new Retries(
                        pauses.size(),
                        atOnce,
                        Shares.of(atOnce, pauses.size()),
                        percentile(pauses, 0.5),
                        percentile(pauses, 0.95),
                        Math.round(ofFailing * 100) / 100.0,
                        taskStages.values().stream().mapToInt(List::size).max().orElse(0)));
    }

    @Property(tries = 500)
    void billsAreSummedUpByTheirDefinition(@ForAll("ledgers") Ledger ledger) {
        List<Bill> expected = distinct(ledger.calls(), LedgerCall::provider).stream()
                .map(provider -> new Bill(
                        provider,
                        ledger.count(call -> call.provider().equals(provider)),
                        ledger.count(call -> call.provider().equals(provider) && "yes".equals(call.billed())),
                        ledger.count(call -> call.provider().equals(provider) && "unknown".equals(call.billed())),
                        ledger.count(call -> call.provider().equals(provider) && "no".equals(call.billed())),
                        micros(ledger.where(call -> call.provider().equals(provider)))))
                .sorted(Comparator.comparingLong(Bill::micros).reversed().thenComparing(Bill::provider))
                .toList();

        assertThat(ledger.sums().bills()).isEqualTo(expected);
        assertThat(ledger.sums().paidTwice())
                .isEqualTo(ledger.where(call -> call.costMicros() > 0).stream()
                        .collect(Collectors.groupingBy(CallSumsTest::taskStage))
                        .values()
                        .stream()
                        .filter(paid -> paid.size() > 1)
                        .map(paid -> paid.getFirst().task())
                        .distinct()
                        .count());
    }

    @Property(tries = 500)
    void everyPaidCallIsWastedForItsFirstReason(@ForAll("ledgers") Ledger ledger) {
        List<Lost> expected = new ArrayList<>();
        for (Waste why : Waste.values()) {
            List<LedgerCall> calls = ledger.where(call -> why == wasted(ledger, call));
            if (!calls.isEmpty()) {
                expected.add(new Lost(why, calls.size(), micros(calls)));
            }
        }

        assertThat(ledger.sums().waste()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static @Nullable Waste wasted(Ledger ledger, LedgerCall call) {
        if (call.costMicros() == 0) {
            return null;
        }
        TaskStates.State task = ledger.states().getOrDefault(call.task(), new TaskStates.State(1, "success"));
        long results = Stream.concat(ledger.before(call).stream(), Stream.of(call))
                .filter(other -> other.costMicros() > 0 && other.succeeded() && !other.orphaned())
                .count();
        if (call.orphaned()) {
            return Waste.ORPHANED;
        }
        if (call.failed()) {
            return "superseded".equals(call.reason()) ? Waste.SUPERSEDED : Waste.FAILED;
        }
        if (results > 1) {
            return Waste.REPEATED;
        }
        if (task.state().equals("expired") && task.generation() == call.generation()) {
            return Waste.EXPIRED;
        }
        return task.generation() > call.generation()
                        || List.of("failed", "cancelled").contains(task.state())
                ? Waste.UNSUCCESSFUL
                : null;
    }

    /** Calls of a part depend on earlier ones of their task, which are read with it. */
    @Property(tries = 500)
    void theSumsOfTwoPartsAreThoseOfTheWhole(
            @ForAll("ledgers") Ledger ledger, @ForAll @IntRange(min = 0, max = 5) int spans) {
        CallSums whole = ledger.sums();
        Instant middle = FROM.plus(SPAN.multipliedBy(spans));
        CallSums together = new CallSums(FROM, SPAN, _ -> Map.of());
        together.add(written(part(ledger, FROM, middle).rollUp()));
        together.add(written(part(ledger, middle, FROM.plusSeconds(60)).rollUp()));

        assertThat(together.stages()).containsExactlyInAnyOrderElementsOf(whole.stages());
        assertThat(together.causes())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("newest")
                .isEqualTo(whole.causes());
        assertThat(together.parts()).containsExactlyInAnyOrderElementsOf(whole.parts());
        assertThat(together.retries()).isEqualTo(whole.retries());
        assertThat(together.bills()).isEqualTo(whole.bills());
        assertThat(together.waste()).containsExactlyInAnyOrderElementsOf(whole.waste());
        assertThat(together.paidTwice()).isEqualTo(whole.paidTwice());
    }

    private static CallSums part(Ledger ledger, Instant from, Instant to) {
        CallSums part = new CallSums(from, SPAN, tasks -> {
            Map<UUID, TaskStates.State> found = new HashMap<>(ledger.states());
            found.keySet().retainAll(tasks);
            return found;
        });
        ledger.where(call -> call.startedAt().isBefore(to)).stream()
                .collect(Collectors.groupingBy(LedgerCall::task))
                .values()
                .forEach(part::addTask);
        return part;
    }

    private static CallRollUp written(CallRollUp rollUp) {
        return RollUps.read(JsonMapper.shared().writeValueAsBytes(rollUp), CallRollUp.class);
    }

    @Test
    void readsTheStatesOfTasksInParts() {
        List<Integer> parts = new ArrayList<>();
        CallSums sums = new CallSums(FROM, SPAN, tasks -> {
            parts.add(tasks.size());
            return tasks.stream().collect(Collectors.toMap(task -> task, _ -> new TaskStates.State(1, "failed")));
        });

        for (int i = 0; i < 12_001; i++) {
            sums.addTask(List.of(new LedgerCall(
                    new UUID(7, i),
                    new UUID(1, i),
                    1,
                    "generate",
                    "seedream",
                    FROM,
                    FROM,
                    "succeeded",
                    false,
                    null,
                    1L,
                    30_000,
                    "yes")));
        }

        assertThat(sums.waste()).containsExactly(new Lost(Waste.UNSUCCESSFUL, 12_001, 12_001 * 30_000L));
        assertThat(parts).containsExactly(5_000, 5_000, 2_001);
    }

    @Provide
    Arbitrary<Ledger> ledgers() {
        Arbitrary<List<LedgerCall>> calls = Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.of("generate", "matting"),
                        Arbitraries.of("seedream", "volc"),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.of("", "succeeded", "succeeded", "failed", "failed"),
                        Arbitraries.of("", "read_timeout", "overloaded", "superseded"),
                        Arbitraries.integers().between(0, 24))
                .as(CallSumsTest::call)
                .list()
                .ofMaxSize(30)
                .map(CallSumsTest::numbered);
        Arbitrary<Map<UUID, TaskStates.State>> states = Arbitraries.maps(
                Arbitraries.integers().between(0, 2).map(CallSumsTest::task),
                Combinators.combine(
                                Arbitraries.integers().between(1, 3),
                                Arbitraries.of("success", "failed", "expired", "cancelled", "accepted"))
                        .as(TaskStates.State::new));
        return Combinators.combine(calls, states).as(Ledger::new);
    }

    /** @param mixed decides what is left */
    private static LedgerCall call(
            int task,
            int generation,
            String stage,
            String provider,
            int seconds,
            String outcome,
            String reason,
            int mixed) {
        boolean ended = !outcome.isEmpty();
        boolean failed = outcome.equals("failed");
        return new LedgerCall(
                new UUID(0, 0),
                task(task),
                generation,
                stage,
                provider,
                at(FROM.getEpochSecond() + seconds),
                ended && mixed % 7 != 0 ? at(FROM.getEpochSecond() + seconds).plusMillis(mixed * 97L) : null,
                ended ? outcome : null,
                ended && mixed % 5 == 0,
                failed && !reason.isEmpty() ? reason : null,
                ended && mixed % 11 != 0 ? mixed * 31L : null,
                mixed % 3 == 0 ? 0 : mixed * 1_000L,
                ended ? List.of("yes", "no", "unknown").get(mixed % 3) : null);
    }

    /** Calls of one moment are told apart by their ids, whose order is not that of the list. */
    private static List<LedgerCall> numbered(List<LedgerCall> calls) {
        return IntStream.range(0, calls.size())
                .mapToObj(i -> {
                    LedgerCall call = calls.get(i);
                    return new LedgerCall(
                            new UUID(i * 37 % 31, i),
                            call.task(),
                            call.generation(),
                            call.stage(),
                            call.provider(),
                            call.startedAt(),
                            call.endedAt(),
                            call.outcome(),
                            call.orphaned(),
                            call.reason(),
                            call.durationMillis(),
                            call.costMicros(),
                            call.billed());
                })
                .toList();
    }

    private static UUID task(int number) {
        return new UUID(number, 0);
    }

    private static Instant at(long second) {
        return Instant.ofEpochSecond(second);
    }

    private static List<String> leg(LedgerCall call) {
        return List.of(call.stage(), call.provider());
    }

    private static List<String> cause(LedgerCall call) {
        return List.of(call.stage(), call.provider(), call.reason() == null ? "unclassified" : call.reason());
    }

    private static List<?> generation(LedgerCall call) {
        return List.of(call.task(), call.generation());
    }

    private static List<?> taskStage(LedgerCall call) {
        return List.of(call.task(), call.generation(), call.stage());
    }

    private static <T> List<T> distinct(List<LedgerCall> calls, Function<LedgerCall, T> property) {
        return calls.stream().map(property).distinct().toList();
    }

    private static long micros(List<LedgerCall> calls) {
        return calls.stream().mapToLong(LedgerCall::costMicros).sum();
    }

    private static List<Long> durations(List<LedgerCall> calls, Predicate<LedgerCall> which) {
        List<Long> durations = new ArrayList<>();
        for (LedgerCall call : calls) {
            if (which.test(call) && call.durationMillis() != null) {
                durations.add(call.durationMillis());
            }
        }
        return durations;
    }

    private static @Nullable Long percentile(List<Long> numbers, double share) {
        return numbers.isEmpty()
                ? null
                : numbers.stream().sorted().toList().get((int) Math.ceil(share * numbers.size()) - 1);
    }

    private static @Nullable Long mean(List<Long> numbers) {
        return numbers.isEmpty()
                ? null
                : Math.round(
                        numbers.stream().mapToLong(Long::longValue).average().orElseThrow());
    }
}
