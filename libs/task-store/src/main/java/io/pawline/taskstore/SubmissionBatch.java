package io.pawline.taskstore;

import static io.pawline.taskstore.TaskRow.timestamp;
import static java.util.stream.Collectors.toMap;

import io.pawline.schemas.TaskId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * Keeps many submissions in one transaction, each of them once. All batches lock in one order: keys first, then
 * fingerprints, each sorted. So two batches, even of different processes, cannot deadlock. Not thread-safe.
 */
final class SubmissionBatch {

    // Waits for another transaction that is inserting the same key. The condition reads only the conflicting row, so it
    // sees what that transaction committed.
    private static final String TAKE_KEYS = """
            insert into idempotency_key as taken (tenant, key, request_hash, task_id, created_at)
            select wanted.*, :now from unnest(cast(:tenants as text[]), cast(:keys as text[]),
                cast(:hashes as text[]), :tasks) as wanted
            on conflict (tenant, key) do update
                set request_hash = excluded.request_hash, task_id = excluded.task_id, created_at = excluded.created_at
                where taken.created_at < :lapsed
            """;

    private static final String LOOK_UP_KEYS = """
            select tenant, key, request_hash, task_id from idempotency_key
            join unnest(cast(:tenants as text[]), cast(:keys as text[])) as wanted (tenant, key) using (tenant, key)
            """;

    // The locks are released after the commit is visible, so a transaction that waited finds the row of the other.
    private static final String LOCK_FINGERPRINTS = """
            select pg_advisory_xact_lock(hash) from
                (select distinct hashtextextended(fingerprint, 0) as hash
                 from unnest(cast(:fingerprints as text[])) as fingerprint order by hash) as ordered
            """;

    private static final String RUNNING = """
            select wanted.fingerprint, twin.id, twin.submitted_at
            from unnest(cast(:fingerprints as text[])) as wanted (fingerprint)
            cross join lateral (
                select id, submitted_at from task
                where task.fingerprint = wanted.fingerprint and state = 'accepted' and submitted_at > :since
                    and id >= :first
                order by submitted_at desc limit 1) as twin
            """;

    private static final Comparator<KeyName> LOCK_ORDER =
            Comparator.comparing(KeyName::tenant).thenComparing(KeyName::key);

    private record KeyName(String tenant, String key) {}

    private record Holder(String requestHash, TaskId task) {}

    private record Twin(TaskId task, Instant submittedAt) {
        private boolean countsFor(Offer offer) {
            Instant since = offer.fingerprint().since();
            return since != null && submittedAt.isAfter(since);
        }
    }

    private final Handle handle;
    private final List<Offer> offers;
    /** The results of the offers that are not kept. */
    private final IdentityHashMap<Offer, SubmissionResult> notKept = new IdentityHashMap<>();

    private SubmissionBatch(Handle handle, List<Offer> offers) {
        this.handle = handle;
        this.offers = offers;
    }

    /**
     * Keeps the new ones of these offers.
     *
     * @param handle in a transaction
     * @return the result of each, in their order
     */
    static List<SubmissionResult> accept(Handle handle, List<Offer> offers) {
        return new SubmissionBatch(handle, offers).accept();
    }

    private List<SubmissionResult> accept() {
        findRepetitions();
        findTwins();
        TaskDao.insert(
                handle,
                offers.stream().filter(offer -> !notKept.containsKey(offer)).toList());
        SubmissionResult kept = new SubmissionResult.Kept();
        return offers.stream().map(offer -> notKept.getOrDefault(offer, kept)).toList();
    }

    private void findRepetitions() {
        Map<KeyName, Offer> first = new TreeMap<>(LOCK_ORDER);
        offers.stream().filter(offer -> offer.key() != null).forEach(offer -> first.putIfAbsent(nameOf(offer), offer));
        if (first.isEmpty()) {
            return;
        }
        take(first.values());
        Map<KeyName, Holder> holders = holders(first.values());
        for (Offer offer : offers) {
            IdempotencyKey key = offer.key();
            if (key != null) {
                Holder holder = Objects.requireNonNull(holders.get(nameOf(offer)), "the key has just been taken");
                if (!holder.task().equals(offer.submission().id())) {
                    notKept.put(
                            offer,
                            holder.requestHash().equals(key.requestHash())
                                    ? new SubmissionResult.Repeated(holder.task())
                                    : new SubmissionResult.KeyTaken());
                }
            }
        }
    }

    private void take(Collection<Offer> wanted) {
        bindNames(handle.createUpdate(TAKE_KEYS), wanted)
                .bindArray(
                        "hashes",
                        String.class,
                        each(wanted, offer -> keyOf(offer).requestHash()))
                .bindArray(
                        "tasks",
                        UUID.class,
                        each(wanted, offer -> offer.submission().id().value()))
                .bind(
                        "now",
                        timestamp(latest(wanted, offer -> offer.submission().submittedAt())))
                .bind("lapsed", timestamp(latest(wanted, offer -> keyOf(offer).lapsed())))
                .execute();
    }

    private Map<KeyName, Holder> holders(Collection<Offer> wanted) {
        return bindNames(handle.createQuery(LOOK_UP_KEYS), wanted)
                .map((row, _) -> Map.entry(
                        new KeyName(row.getString("tenant"), row.getString("key")),
                        new Holder(row.getString("request_hash"), new TaskId(row.getObject("task_id", UUID.class)))))
                .stream()
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static <S extends SqlStatement<S>> S bindNames(S statement, Collection<Offer> wanted) {
        return statement
                .bindArray(
                        "tenants",
                        String.class,
                        each(wanted, offer -> offer.submission().tenant()))
                .bindArray(
                        "keys", String.class, each(wanted, offer -> keyOf(offer).value()));
    }

    private void findTwins() {
        List<Offer> wanted = offers.stream()
                .filter(offer -> offer.key() == null && offer.fingerprint().since() != null)
                .toList();
        if (wanted.isEmpty()) {
            return;
        }
        List<String> fingerprints = wanted.stream()
                .map(offer -> offer.fingerprint().value())
                .distinct()
                .toList();
        handle.createQuery(LOCK_FINGERPRINTS)
                .bindArray("fingerprints", String.class, fingerprints)
                .map((_, _) -> true)
                .list();
        Map<String, Twin> running = running(fingerprints, wanted);
        for (Offer offer : wanted) {
            Twin own = new Twin(offer.submission().id(), offer.submission().submittedAt());
            Twin twin = running.get(offer.fingerprint().value());
            if (twin != null && twin.countsFor(offer)) {
                notKept.put(offer, new SubmissionResult.Folded(twin.task()));
            } else {
                running.put(offer.fingerprint().value(), own);
            }
        }
    }

    private Map<String, Twin> running(List<String> fingerprints, List<Offer> wanted) {
        Instant since = wanted.stream()
                .map(offer -> Objects.requireNonNull(offer.fingerprint().since()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Map<String, Twin> running = new HashMap<>();
        HistoryPlans.useOrderOfIndex(handle);
        handle.createQuery(RUNNING)
                .bindArray("fingerprints", String.class, fingerprints)
                .bind("since", timestamp(since))
                .bind("first", TaskId.bound(since).value())
                .map((row, _) -> running.put(
                        row.getString("fingerprint"),
                        new Twin(
                                new TaskId(row.getObject("id", UUID.class)),
                                row.getObject("submitted_at", OffsetDateTime.class)
                                        .toInstant())))
                .list();
        return running;
    }

    private static KeyName nameOf(Offer offer) {
        return new KeyName(offer.submission().tenant(), keyOf(offer).value());
    }

    private static IdempotencyKey keyOf(Offer offer) {
        return Objects.requireNonNull(offer.key());
    }

    private static <T> List<T> each(Collection<Offer> offers, Function<Offer, T> part) {
        return offers.stream().map(part).toList();
    }

    private static Instant latest(Collection<Offer> offers, Function<Offer, Instant> moment) {
        return offers.stream().map(moment).max(Comparator.naturalOrder()).orElseThrow();
    }
}
