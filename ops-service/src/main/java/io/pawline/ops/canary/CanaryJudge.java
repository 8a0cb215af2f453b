package io.pawline.ops.canary;

import io.pawline.ops.audit.Audit;
import io.pawline.ops.audit.Audit.ControlEntry;
import io.pawline.ops.canary.Canary.Counts;
import io.pawline.ops.canary.Canary.Decision;
import io.pawline.ops.canary.Canary.Side;
import io.pawline.ops.canary.Canary.SwitchedOff;
import io.pawline.ops.canary.CanaryStore.Ended;
import io.pawline.ops.canary.SequentialComparison.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges canaries by what became of their tasks, and has those switched off that are worse. What is decided is in the
 * database before anything is done about it, so a process that dies in between leaves it to the next round, of whatever
 * process. For one thread; several processes may do so at once.
 */
final class CanaryJudge {

    private static final Logger log = LoggerFactory.getLogger(CanaryJudge.class);

    /** Names who switches a canary off, in the audit and on the console. */
    static final String WHO = "canary";

    /** From so many calls of the others on, it is known what is slow and what is costly. */
    private static final int ENOUGH = 20;

    /** Everybody knows a control that was given so long ago. */
    private static final Duration KNOWN_AFTER = Duration.ofMinutes(1);

    /** A task that has not ended after so long is not waited for. */
    private static final Duration WAITS = Duration.ofDays(2);

    /** Comparisons of which nothing was heard for so long are forgotten. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);

    /** Switches providers off, and knows which are. */
    interface Switches {

        /** Says whether a provider is off, whoever did it; empty if that is not known yet. */
        Optional<Boolean> off(String provider);

        /** Switches a provider off, for this reason. */
        void switchOff(String provider, String why);
    }

    private final CanaryStore store;
    private final Switches switches;
    private final CanaryProperties settings;
    private final Clock clock;

    CanaryJudge(CanaryStore store, Switches switches, CanaryProperties settings, Clock clock) {
        this.store = store;
        this.switches = switches;
        this.settings = settings;
        this.clock = clock;
    }

    /** Looks at all canaries. */
    void round() {
        store.forget(clock.instant().minus(FORGOTTEN_AFTER));
        for (Canary canary : store.all()) {
            Optional<Boolean> off = switches.off(canary.provider());
            if (off.isPresent()) {
                store.change(canary, (handle, known) -> look(handle, known, off.get()))
                        .ifPresent(this::obey);
            }
        }
    }

    private Canary look(Handle handle, Canary canary, boolean off) {
        if (off) {
            return canary.off();
        }
        if (canary.switchedOff().seen() || switchedOnUnseen(canary)) {
            CanaryStore.forgetTasks(handle, canary);
            return canary.anew(clock.instant());
        }
        return canary.decision() == null ? judge(handle, canary) : canary;
    }

    /** Somebody may have switched it on again while nobody looked. */
    private boolean switchedOnUnseen(Canary canary) {
        Instant switchedOff = canary.switchedOff().at();
        return switchedOff != null && switchedOff.isBefore(clock.instant().minus(KNOWN_AFTER));
    }

    private Canary judge(Handle handle, Canary canary) {
        List<Ended> ended = CanaryStore.ended(handle, canary);
        if (ended.isEmpty()) {
            return canary;
        }
        Side others = CanaryStore.sides(handle, canary).getLast();
        SequentialComparison results = canary.counts().results();
        Map<String, Integer> causes = new TreeMap<>(canary.counts().causes());
        Map<Ended, Optional<CanaryCause>> judged = new LinkedHashMap<>();
        List<UUID> none = new ArrayList<>();
        for (Ended task : ended) {
            Optional<CanaryCause> cause = cause(task, others);
            if (cause.isEmpty() && !task.success()) {
                none.add(task.task());
                continue;
            }
            judged.put(task, cause);
            results = task.ofCanary() ? results.withCanary(cause.isPresent()) : results.withOther(cause.isPresent());
            cause.filter(_ -> task.ofCanary()).ifPresent(why -> causes.merge(why.code(), 1, Integer::sum));
            if (results.verdict().isPresent()) {
                break;
            }
        }
        CanaryStore.judged(handle, canary, judged, none, clock.instant().minus(WAITS));
        List<Side> sides = CanaryStore.sides(handle, canary);
        Canary counted = canary.judged(new Counts(results, causes, sides.getFirst(), sides.getLast()));
        return results.verdict()
                .map(verdict -> decided(handle, counted, verdict))
                .orElse(counted);
    }

    /** Says why a result is bad; empty: it is good, or it says nothing. */
    private Optional<CanaryCause> cause(Ended task, Side others) {
        if (task.cause() != null) {
            return Optional.of(task.cause());
        }
        if (task.failure() != null) {
            return CanaryCause.of(task.failure());
        }
        if (!task.success() || others.calls() < ENOUGH) {
            return Optional.empty();
        }
        if (exceeds(task.durationMillis(), settings.slowFactor(), others.p95Millis())) {
            return Optional.of(CanaryCause.SLOW);
        }
        return exceeds(task.costMicros(), settings.costFactor(), others.costMicros())
                ? Optional.of(CanaryCause.COSTLY)
                : Optional.empty();
    }

    private static boolean exceeds(long value, double factor, @Nullable Long usual) {
        return usual != null && usual > 0 && value > factor * usual;
    }

    private Canary decided(Handle handle, Canary canary, Verdict verdict) {
        String why = why(canary.counts());
        if (verdict == Verdict.AS_GOOD) {
            Audit.note(
                    handle,
                    new ControlEntry(clock.instant(), WHO, "as_good", why, "canary:" + canary.provider(), null, null));
        }
        CanaryStore.forgetTasks(handle, canary);
        log.info("canary {} of {} is {}: {}", canary.provider(), canary.stage(), verdict, why);
        return canary.decided(new Decision(verdict, clock.instant(), why));
    }

    /** Puts the numbers into a sentence for the audit. */
    private static String why(Counts counts) {
        SequentialComparison results = counts.results();
        String causes = counts.causes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return "%d of %d results are bad%s; of the others %d of %d"
                .formatted(
                        results.canary().bad(),
                        results.canary().results(),
                        causes.isEmpty() ? "" : " (" + causes + ")",
                        results.others().bad(),
                        results.others().results());
    }

    /** Switches off what is worse and is not off yet. To do so twice does no harm. */
    private void obey(Canary canary) {
        Decision decision = canary.decision();
        SwitchedOff off = canary.switchedOff();
        if (decision != null && decision.verdict() == Verdict.WORSE && off.at() == null) {
            if (!off.seen()) {
                switches.switchOff(canary.provider(), decision.why());
            }
            var _ = store.change(canary, (_, known) -> known.switchedOff(clock.instant()));
        }
    }
}
