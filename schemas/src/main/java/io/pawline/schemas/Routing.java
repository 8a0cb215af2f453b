package io.pawline.schemas;

import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Writes and reads the headers that a stage needs before it reads the event: whose task it is, whether the record may
 * wait, until when, and whom it is for or from where its photo comes. Whoever publishes to a work topic adds them.
 */
public final class Routing {

    /** The priority that comes last. */
    public static final String BULK = "bulk";

    private static final byte[] BULK_BYTES = BULK.getBytes(StandardCharsets.UTF_8);
    private static final int RECEIVER_BYTES = 8;

    private Routing() {}

    /** Adds the headers to a record of this event, which is about this task, for this stage. */
    public static void put(Headers headers, Stage to, TaskContext task, SpecificRecord event) {
        put(headers, to, task);
        photoUrl(event).flatMap(Routing::origin).ifPresent(host -> addLane(headers, host));
    }

    /** Adds the headers to a record of this task for this stage. Its event has no photo. */
    public static void put(Headers headers, Stage to, TaskContext task) {
        if (!task.getTenant().isEmpty()) {
            headers.add(RecordHeaders.TENANT, task.getTenant().getBytes(StandardCharsets.UTF_8));
        }
        if (task.getPriority().equals(BULK)) {
            headers.add(RecordHeaders.PRIORITY, BULK_BYTES);
        }
        if (to.paid()) {
            String deadline = Long.toString(task.getDeadline().toEpochMilli());
            headers.add(RecordHeaders.DEADLINE, deadline.getBytes(StandardCharsets.UTF_8));
        }
        if (to.notifiesReceivers()) {
            task.getCallbackUrl().flatMap(Routing::origin).ifPresent(receiver -> addLane(headers, receiver));
        }
    }

    private static void addLane(Headers headers, String name) {
        headers.add(RecordHeaders.LANE, name.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> photoUrl(SpecificRecord event) {
        return switch (event) {
            case TaskAccepted accepted -> accepted.getPhoto().getUrl();
            case PetDescribed described -> described.getPhoto().flatMap(ImageRef::getUrl);
            default -> Optional.empty();
        };
    }

    /** Returns the tenant whose task it is; empty if the record names none. */
    public static String tenant(Headers headers) {
        return text(headers, RecordHeaders.TENANT);
    }

    /** Returns the name of the host that the photo has to be fetched from; empty if it comes from the image store. */
    public static String photoHost(Headers headers) {
        return text(headers, RecordHeaders.LANE);
    }

    /** Whether other records go first. */
    public static boolean isBulk(Headers headers) {
        Header header = headers.lastHeader(RecordHeaders.PRIORITY);
        return header != null && Arrays.equals(header.value(), BULK_BYTES);
    }

    /** Whether the record has a deadline that has passed. */
    public static boolean isOverdue(Headers headers, Instant now) {
        return deadline(headers).filter(now::isAfter).isPresent();
    }

    /** Returns the deadline of the record; empty if it has none that can be read. */
    public static Optional<Instant> deadline(Headers headers) {
        Header header = headers.lastHeader(RecordHeaders.DEADLINE);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Instant.ofEpochMilli(Long.parseLong(new String(header.value(), StandardCharsets.UTF_8))));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }

    /** Returns the name of the receiver queue; it is empty if the record names none. */
    public static String receiverQueue(Headers headers) {
        return text(headers, RecordHeaders.LANE);
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Names the origin of an address. All addresses of one scheme, host and port have the same name. */
    private static Optional<String> origin(String address) {
        try {
            URI url = URI.create(address);
            String origin = (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(origin.getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(digest, 0, RECEIVER_BYTES));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
