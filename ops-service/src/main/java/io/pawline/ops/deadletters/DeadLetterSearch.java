package io.pawline.ops.deadletters;

import io.pawline.taskstore.TaskDatabase;
import java.util.List;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes the full text of dead letters that an earlier version has indexed without it. Several processes may do so at
 * once. Thread-safe.
 */
final class DeadLetterSearch {

    private static final String NEXT = """
            select id, topic, detail, request_id, record_value
            from (select * from dead_letter where search is null order by id desc limit :limit for update skip locked)
                unwritten
            left join dead_letter_record on letter_id = id
            """;

    private final TaskDatabase database;
    private final EventJson events;

    DeadLetterSearch(TaskDatabase database, EventJson events) {
        this.database = database;
        this.events = events;
    }

    private record Unwritten(long id, String text) {}

    /**
     * Writes the full text of the newest that have none.
     *
     * @return how many; 0: none is left
     * @throws io.pawline.taskstore.DatabaseUnavailableException when the database is lost
     */
    int write(int limit) {
        return database.inTransaction(handle -> {
            List<Unwritten> unwritten = handle.createQuery(NEXT)
                    .bind("limit", limit)
                    .map((row, _) -> new Unwritten(
                            row.getLong("id"),
                            String.join(
                                    " ",
                                    row.getString("detail"),
                                    row.getString("request_id") == null ? "" : row.getString("request_id"),
                                    text(row.getString("topic"), row.getBytes("record_value")))))
                    .list();
            PreparedBatch batch =
                    handle.prepareBatch("update dead_letter set search = to_tsvector('simple', :text) where id = :id");
            unwritten.forEach(each -> batch.bind("id", each.id())
                    .bind("text", SearchText.of(each.text()).replace('\0', ' '))
                    .add());
            batch.execute();
            return unwritten.size();
        });
    }

    private String text(String topic, byte @Nullable [] value) {
        return value == null
                ? ""
                : events.event(topic, value).map(EventTexts::of).orElse(Bytes.readable(value));
    }
}
