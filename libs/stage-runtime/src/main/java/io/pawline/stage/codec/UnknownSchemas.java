package io.pawline.stage.codec;

import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how many of the last records have a schema that the registry does not know. One such record is foreign. If
 * most are such, the registry has lost its schemas, and to go on would make a dead letter of the whole backlog. Then the
 * stage holds, but for a probe each second. The first record that can be read ends that. Thread-safe.
 */
public final class UnknownSchemas {

    private static final Logger log = LoggerFactory.getLogger(UnknownSchemas.class);

    /** The stage holds when more than half of so many records have unknown schemas. */
    static final int WINDOW = 40;

    private static final long BETWEEN_PROBES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final BitSet unknown = new BitSet(WINDOW);
    private int next;
    private boolean holding;
    private long lastProbe;

    /** @param nanoTime like {@link System#nanoTime} */
    public UnknownSchemas(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Takes note of a record whose schema is known. */
    synchronized void known() {
        if (holding) {
            log.info("the schema registry knows the schemas of the records again: the stage goes on");
            holding = false;
            unknown.clear();
        }
        unknown.clear(next);
        advance();
    }

    /** Takes note of a record that comes for the first time, and whose schema is unknown. */
    synchronized void unknown(String detail) {
        unknown.set(next);
        advance();
        if (!holding && 2 * unknown.cardinality() > WINDOW) {
            holding = true;
            lastProbe = nanoTime.getAsLong();
            log.error(
                    "the stage holds, for the schema registry does not know the schemas of most records: restore its"
                            + " schemas, with their ids; the last record: {}",
                    detail);
        }
    }

    private void advance() {
        next = (next + 1) % WINDOW;
    }

    /** Says whether the stage holds, because most records have unknown schemas. */
    public synchronized boolean holding() {
        return holding;
    }

    /** Says whether a record may begin. While the stage holds, it says so once a second, for a probe. */
    public synchronized boolean mayBegin() {
        if (!holding) {
            return true;
        }
        long now = nanoTime.getAsLong();
        if (now - lastProbe < BETWEEN_PROBES_NANOS) {
            return false;
        }
        lastProbe = now;
        return true;
    }
}
