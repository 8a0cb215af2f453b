package io.pawline.stage.retry;

import io.pawline.schemas.Routing;
import io.pawline.stage.Scheduler;
import io.pawline.stage.offsets.AssignedPartition;
import io.pawline.stage.offsets.WorkItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds those retries for which there is no room in memory: each as a reference to its record, which is read again from
 * Kafka when it is due and there is room. They are due in the order of their moments, so one that waits for long delays
 * no other. Nothing is lost with the process: what is held here is not committed. Used by the poll thread alone, which
 * never waits here.
 */
public final class HeldReferences implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HeldReferences.class);

    /** So many records are asked for at once, at most. */
    private static final int MOST_ASKED = 1_000;

    /** Refers to a record that is open and not in memory. */
    record Reference(AssignedPartition partition, long offset, long dueMillis, long deadlineMillis, int bytes) {}

    private final long room;
    private final LongSupplier inMemory;
    private final RecordRereader reader;
    private final PriorityQueue<Reference> byDue = new PriorityQueue<>(Comparator.comparingLong(Reference::dueMillis));
    private int asked;
    private long askedBytes;

    /**
     * @param room bytes that retries may take in memory, due or not
     * @param inMemory bytes that they take now, those at work included
     * @param consumers makes the consumer that reads records again; it is of no group
     */
    public HeldReferences(
            long room,
            LongSupplier inMemory,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Scheduler scheduler,
            String name) {
        this.room = room;
        this.inMemory = inMemory;
        this.reader = new RecordRereader(consumers, scheduler, name + "-reread");
    }

    /**
     * Says whether there is no room for one more retry. Those that are not due get half of the room, so that they are in
     * the way of none that is. Those that are due do not pass earlier ones.
     */
    public boolean isFull(Instant due, Instant now) {
        long taken = inMemory.getAsLong() + askedBytes;
        return due.isAfter(now) ? taken >= room / 2 : taken >= room || isDue(byDue.peek(), now);
    }

    private static boolean isDue(@Nullable Reference first, Instant now) {
        return first != null && first.dueMillis() <= now.toEpochMilli();
    }

    /** Lets go of the record until it is due. */
    public void hold(WorkItem item, Instant due) {
        byDue.add(new Reference(
                item.partition(),
                item.data().offset(),
                due.toEpochMilli(),
                Routing.deadline(item.data().headers())
                        .map(Instant::toEpochMilli)
                        .orElse(Long.MAX_VALUE),
                item.bytes()));
        item.leaveInKafka();
    }

    /** Returns the records that were due and have been read again, and asks for the next ones, as there is room. */
    public List<WorkItem> due(Instant now) {
        List<WorkItem> due = taken();
        List<Reference> next = new ArrayList<>();
        while (isDue(byDue.peek(), now) && next.size() < MOST_ASKED && hasRoomFor(byDue.element())) {
            next.add(take(byDue.remove()));
        }
        reader.ask(next);
        return due;
    }

    /** Asks for records whose deadline has passed, although there may be no room, for they only have to end. */
    public void readOverdue(Instant now) {
        List<Reference> overdue = new ArrayList<>();
        byDue.removeIf(
                held -> held.deadlineMillis() < now.toEpochMilli() && asked < MOST_ASKED && overdue.add(take(held)));
        reader.ask(overdue);
    }

    private boolean hasRoomFor(Reference next) {
        long taken = inMemory.getAsLong() + askedBytes;
        // One that is larger than all of the room has its turn, too
        return taken == 0 || taken + next.bytes() <= room;
    }

    private Reference take(Reference held) {
        asked++;
        askedBytes += held.bytes();
        return held;
    }

    private List<WorkItem> taken() {
        List<WorkItem> taken = new ArrayList<>();
        int gone = 0;
        for (RecordRereader.Found found : reader.taken()) {
            Reference reference = found.reference();
            asked--;
            askedBytes -= reference.bytes();
            if (reference.partition().fenced()) {
                continue;
            }
            if (found.data() == null) {
                gone++;
                reference.partition().gone(reference.offset());
            } else {
                taken.add(WorkItem.readAgain(reference.partition(), found.data()));
            }
        }
        if (gone > 0) {
            log.error(
                    "{} held retries are no longer in Kafka, so their tasks are lost here: retention.ms of the retry topic"
                            + " is shorter than a retry waits",
                    gone);
        }
        return taken;
    }

    /** Drops the references to fenced partitions, for another process has them. */
    public void dropFenced() {
        byDue.removeIf(reference -> reference.partition().fenced());
    }

    /** Says whether records are not read again any more, so that the session has to end. */
    public boolean broken() {
        return reader.broken();
    }

    /** Counts the records that are not in memory, those that are being read included. */
    public int held() {
        return byDue.size() + asked;
    }

    @Override
    public void close() {
        reader.close();
    }
}
