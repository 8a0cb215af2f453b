package io.pawline.ops.deadletters;

import io.pawline.ops.ledger.CallLedger;
import io.pawline.taskstore.TaskDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Takes dead letters into {@code dead_letter}; the same one again changes nothing. Thread-safe. */
public final class DeadLetterIndex {

    private static final String ADD = """
            with told as (
                select * from json_to_recordset(cast(:letters as json)) as letter(
                    topic text, topic_id text, partition int, record_offset bigint, stage text, reason text, detail text,
                    failed_at timestamptz, first_failed_at timestamptz, work_at timestamptz, attempts int, task_id uuid,
                    generation int, tenant text, style text, submitted_at timestamptz, undecodable text,
                    search text, record_key text, record_value text, headers jsonb)
            ), adopted as (
                update dead_letter set topic_id = told.topic_id from told
                where dead_letter.topic = told.topic and dead_letter.partition = told.partition
                    and dead_letter.record_offset = told.record_offset and dead_letter.topic_id = ''
                    and dead_letter.failed_at = told.failed_at and dead_letter.task_id is not distinct from told.task_id
                returning dead_letter.topic, dead_letter.partition, dead_letter.record_offset
            ), added as (
                insert into dead_letter (topic, topic_id, partition, record_offset, stage, reason, detail, failed_at, first_failed_at,
                    work_at, attempts, task_id, generation, tenant, style, submitted_at, undecodable, client_ref, search)
                select told.topic, told.topic_id, told.partition, told.record_offset, told.stage, told.reason, told.detail, told.failed_at,
                    told.first_failed_at, told.work_at, told.attempts, told.task_id,
                    coalesce(told.generation, task.generation), coalesce(told.tenant, task.tenant),
                    coalesce(told.style, task.style), coalesce(told.submitted_at, task.submitted_at), told.undecodable,
                    task.client_ref, to_tsvector('simple', told.search)
                from told left join task on task.id = told.task_id
                where not exists (select from adopted where adopted.topic = told.topic
                    and adopted.partition = told.partition and adopted.record_offset = told.record_offset)
                on conflict (topic, topic_id, partition, record_offset) do nothing
                returning id, topic, partition, record_offset
            )
            insert into dead_letter_record (letter_id, record_key, record_value, headers)
            select added.id, decode(told.record_key, 'base64'), decode(told.record_value, 'base64'), told.headers
            from added join told using (topic, partition, record_offset)
            """;

    private static final String ASK_LEDGER = """
            update dead_letter set provider_code = coalesce(call.provider_code, 'HTTP ' || call.http_status),
                request_id = call.request_id,
                search = search || to_tsvector('simple', coalesce(call.request_id, ''))
            from (select distinct on (task_id, generation, stage, reason) * from call_attempt
                  where task_id = any(:tasks) and started_at >= :from and outcome = 'failed'
                      and (provider_code is not null or http_status is not null)
                  order by task_id, generation, stage, reason, started_at desc) call
            where dead_letter.task_id = call.task_id and dead_letter.generation = call.generation
                and dead_letter.stage = call.stage and dead_letter.reason = call.reason
                and dead_letter.provider_code is null
            """;

    /**
     * The call that failed ended just before its dead letter was written; it began as much earlier as a call may last.
     */
    private static final Duration LONGEST_CALL = Duration.ofHours(1);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TaskDatabase database;

    public DeadLetterIndex(TaskDatabase database) {
        this.database = database;
    }

    /**
     * Adds those dead letters that are not there yet, in one transaction.
     *
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    public void add(List<IndexedDeadLetter> deadLetters) {
        if (deadLetters.isEmpty()) {
            return;
        }
        String json = JSON.writeValueAsString(
                deadLetters.stream().map(DeadLetterIndex::row).toList());
        List<UUID> tasks = deadLetters.stream()
                .flatMap(deadLetter -> Stream.ofNullable(deadLetter.task()))
                .map(IndexedDeadLetter.OfTask::id)
                .toList();
        Instant from = deadLetters.stream()
                .map(IndexedDeadLetter::failedAt)
                .min(Instant::compareTo)
                .orElseThrow()
                .minus(LONGEST_CALL);
        database.inTransaction(handle -> {
            handle.createQuery(CallLedger.ONE_AT_A_TIME).map((_, _) -> true).one();
            handle.createUpdate(ADD).bind("letters", json).execute();
            return handle.createUpdate(ASK_LEDGER)
                    .bindArray("tasks", UUID.class, tasks)
                    .bind("from", from.atOffset(ZoneOffset.UTC))
                    .execute();
        });
    }

    private static Map<String, Object> row(IndexedDeadLetter deadLetter) {
        Map<String, Object> row = new HashMap<>();
        row.put("topic", deadLetter.position().topic());
        row.put("topic_id", deadLetter.position().topicId());
        row.put("partition", deadLetter.position().partition());
        row.put("record_offset", deadLetter.position().offset());
        row.put("stage", deadLetter.stage());
        row.put("reason", text(deadLetter.reason()));
        row.put("detail", text(deadLetter.detail()));
        row.put("failed_at", deadLetter.failedAt());
        row.put("first_failed_at", deadLetter.firstFailedAt());
        row.put("work_at", deadLetter.workAt());
        row.put("attempts", deadLetter.attempts());
        IndexedDeadLetter.OfTask task = deadLetter.task();
        if (task != null) {
            row.put("task_id", task.id());
            row.put("generation", task.generation());
            row.put("tenant", text(task.tenant()));
            row.put("style", text(task.style()));
            row.put("submitted_at", task.submittedAt());
        }
        row.put("undecodable", text(deadLetter.undecodable()));
        row.put("search", text(SearchText.of(deadLetter.detail() + " " + deadLetter.text())));
        row.put("record_key", base64(deadLetter.key()));
        row.put("record_value", base64(deadLetter.value()));
        row.put(
                "headers",
                deadLetter.headers().stream().map(DeadLetterIndex::header).toList());
        return row;
    }

    private static Map<String, Object> header(IndexedDeadLetter.Header header) {
        Map<String, Object> named = new HashMap<>();
        named.put("name", text(header.name()));
        named.put("base64", base64(header.value()));
        return named;
    }

    /** PostgreSQL keeps no NUL in a text. */
    private static @Nullable String text(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
