package io.pawline.stage;

import java.util.ArrayDeque;

/**
 * Which of a partition's records are open, when they are completed in any order. Knows received offsets only, since a
 * transaction's markers and compaction leave gaps between them. Not thread-safe: guarded by its {@link AssignedPartition}.
 */
final class OffsetTracker {

    /** One received record: open until completed. */
    static final class Entry {
        private final long offset;
        private boolean completed;

        private Entry(long offset) {
            this.offset = offset;
        }
    }

    private final ArrayDeque<Entry> received = new ArrayDeque<>();
    private long next = -1;
    private int open;

    /**
     * Takes note of a record.
     *
     * @throws IllegalStateException if it lies before one already received: the caller mixes two assignments
     */
    Entry receive(long offset) {
        if (offset < next) {
            throw new IllegalStateException("received offset " + offset + " after " + (next - 1));
        }
        next = offset + 1;
        Entry entry = new Entry(offset);
        received.addLast(entry);
        open++;
        return entry;
    }

    /** Closes a record; doing so again changes nothing. */
    void complete(Entry entry) {
        if (entry.completed) {
            return;
        }
        entry.completed = true;
        open--;
        for (Entry head = received.peekFirst(); head != null && head.completed; head = received.peekFirst()) {
            received.removeFirst();
        }
    }

    /** Records received and not completed. */
    int open() {
        return open;
    }

    /** What to commit: the lowest open offset, or the one after the last received. -1 before the first record. */
    long position() {
        Entry head = received.peekFirst();
        return head == null ? next : head.offset;
    }
}
