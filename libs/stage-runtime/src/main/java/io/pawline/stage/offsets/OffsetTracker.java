package io.pawline.stage.offsets;

import io.pawline.schemas.CommitMetadata;
import io.pawline.stage.KafkaClients;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which offsets of a partition are complete, in whatever order they complete. It knows received offsets
 * only, since the markers of transactions and compaction leave gaps between them. Not thread-safe: guarded by
 * its {@link AssignedPartition}.
 */
final class OffsetTracker {

    /**
     * With fewer open records than this, however far apart they are, the metadata fit, and with one more poll as well.
     */
    private static final int ALWAYS_FIT = 500;

    /** The records of one more poll may need so many characters: two bytes each express gaps up to 16,383. */
    private static final int OF_ONE_POLL = KafkaClients.MAX_POLL_RECORDS * 2 * 4 / 3;

    private @Nullable CommitMetadata before;
    private final TreeSet<Long> open = new TreeSet<>();
    private long next;
    private long end;
    private boolean begun;

    /**
     * Makes the tracker of a partition that is read from the committed offset on.
     *
     * @param committed what the group has committed for the partition, null if nothing
     */
    OffsetTracker(@Nullable OffsetAndMetadata committed) {
        next = committed == null ? 0 : committed.offset();
        end = next;
        before = committed == null
                ? null
                : CommitMetadata.decode(committed.metadata(), committed.offset())
                        .orElse(null);
    }

    /**
     * Takes note of a record. If the first one lies before the committed offset, the log is another one than the commit
     * was made in: its topic was created anew, or it was cut off. What the commit says is then void.
     *
     * @return false if it was completed in an earlier assignment, and must not be worked on again
     * @throws IllegalStateException if it lies before one already received: the caller mixes two assignments
     */
    boolean receive(long offset) {
        if (offset < next) {
            if (begun) {
                throw new IllegalStateException("received offset " + offset + " after " + (next - 1));
            }
            before = null;
            end = offset;
        }
        begun = true;
        next = offset + 1;
        if (before != null && before.completed(offset)) {
            end = next;
            return false;
        }
        open.add(offset);
        return true;
    }

    /** Closes a record; doing so again changes nothing, and returns false. */
    boolean complete(long offset) {
        boolean wasOpen = open.remove(offset);
        if (wasOpen) {
            end = Math.max(end, offset + 1);
        }
        return wasOpen;
    }

    /** Opens a completed record again whose completion is in no commit yet; false if it is open. */
    boolean reopen(long offset) {
        return open.add(offset);
    }

    /** Counts the records received and not completed. */
    int open() {
        return open.size();
    }

    /**
     * Counts the offsets from the lowest open one to where the next record is expected, whether there are
     * records or not.
     */
    long span() {
        return open.isEmpty() ? 0 : next - open.first();
    }

    /** Returns what to commit: the lowest open offset, with the completed ones above it as metadata. */
    OffsetAndMetadata position() {
        SortedSet<Long> notCompleted = open;
        long completedEnd = end;
        if (before != null && next < before.end()) {
            // What was completed before must not be forgotten until all of it has been read again.
            notCompleted = new TreeSet<>(open);
            notCompleted.addAll(before.open().tailSet(next));
            completedEnd = before.end();
        }
        if (notCompleted.isEmpty()) {
            return new OffsetAndMetadata(Math.max(next, completedEnd));
        }
        long lowest = notCompleted.first();
        return completedEnd <= lowest
                ? new OffsetAndMetadata(lowest)
                : new OffsetAndMetadata(
                        lowest, new CommitMetadata(completedEnd, notCompleted.headSet(completedEnd)).encode(lowest));
    }

    /**
     * Says whether one more poll may be received: whichever of the open records complete first, the metadata will still
     * fit. Each open record may become a bit of disorder, hence the reserve for each.
     */
    boolean hasRoom() {
        if (open.size() < ALWAYS_FIT) {
            return true;
        }
        String allOpen = new CommitMetadata(next, open).encode(open.first());
        return allOpen.length() + open.size() / 4 + OF_ONE_POLL < CommitMetadata.MOST_CHARACTERS;
    }
}
