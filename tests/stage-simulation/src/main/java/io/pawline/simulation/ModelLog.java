package io.pawline.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Is the log of one partition: records and the markers of transactions, each of which takes an offset. */
final class ModelLog {

    /** Stands at one offset. Its arrays are nobody's to change. */
    static final class Entry {
        private final long offset;
        private final byte @Nullable [] key;
        private final byte @Nullable [] value;
        private final Header[] headers;
        private final long timestamp;
        private final @Nullable ModelTransaction transaction;
        private final boolean marker;

        Entry(
                long offset,
                byte @Nullable [] key,
                byte @Nullable [] value,
                Header[] headers,
                long timestamp,
                @Nullable ModelTransaction transaction,
                boolean marker) {
            this.offset = offset;
            this.key = key;
            this.value = value;
            this.headers = headers;
            this.timestamp = timestamp;
            this.transaction = transaction;
            this.marker = marker;
        }

        long offset() {
            return offset;
        }

        byte @Nullable [] key() {
            return key;
        }

        byte @Nullable [] value() {
            return value;
        }

        Header[] headers() {
            return headers;
        }

        long timestamp() {
            return timestamp;
        }

        /** Returns the transaction that it belongs to; null for a record outside of transactions. */
        @Nullable
        ModelTransaction transaction() {
            return transaction;
        }

        /** Says whether it is no record but tells what became of a transaction. */
        boolean marker() {
            return marker;
        }
    }

    private final TopicPartition name;
    private final List<Entry> entries = new ArrayList<>();
    /** Holds the first offset of each transaction that is open here. */
    private final Map<ModelTransaction, Long> open = new LinkedHashMap<>();

    private final Map<ModelTransaction, List<Entry>> byTransaction = new HashMap<>();

    ModelLog(TopicPartition name) {
        this.name = name;
    }

    TopicPartition name() {
        return name;
    }

    long end() {
        return entries.size();
    }

    /** Returns the offset up to which everything is decided. Nobody who reads committed records reads further. */
    long lastStable() {
        return open.isEmpty() ? end() : open.values().iterator().next();
    }

    Entry append(
            byte @Nullable [] key,
            byte @Nullable [] value,
            Header[] headers,
            long timestamp,
            @Nullable ModelTransaction transaction) {
        Entry entry = new Entry(end(), key, value, headers, timestamp, transaction, false);
        entries.add(entry);
        if (transaction != null) {
            byTransaction.computeIfAbsent(transaction, _ -> new ArrayList<>()).add(entry);
            open.putIfAbsent(transaction, entry.offset());
        }
        return entry;
    }

    /** Writes what became of a transaction. */
    void end(ModelTransaction transaction, long timestamp) {
        entries.add(new Entry(end(), null, null, new Header[0], timestamp, transaction, true));
        open.remove(transaction);
    }

    Entry entry(long offset) {
        return entries.get(Math.toIntExact(offset));
    }

    /** Says whether who reads committed records gets this one. */
    static boolean isCommitted(Entry entry) {
        ModelTransaction transaction = entry.transaction();
        return !entry.marker() && (transaction == null || transaction.committed());
    }

    /** Returns the records of a transaction. */
    List<Entry> of(ModelTransaction transaction) {
        return byTransaction.getOrDefault(transaction, List.of());
    }

    /** Returns the committed records. */
    List<Entry> committed() {
        return entries.stream().filter(ModelLog::isCommitted).toList();
    }
}
