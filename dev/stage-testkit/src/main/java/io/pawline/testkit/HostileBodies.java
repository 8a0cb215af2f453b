package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Random;
import java.util.UUID;

/** Makes what the routes of a service expect, for {@link HostileRequests} to spoil. Thread-safe. */
public interface HostileBodies {

    /** Stands between the parts of a form. */
    String BOUNDARY = "edge";

    /**
     * A body.
     *
     * @param type its media type
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes, String type) {

        static final Body NONE = new Body(new byte[0], "");

        static Body json(String text) {
            return new Body(text.getBytes(UTF_8), "application/json");
        }
    }

    /**
     * The body of a good request.
     *
     * @param path of the route, such as {@code /v1/tasks/{id}/cancel}
     * @param mark to be in what is kept of the request, so often that no few changes remove it
     */
    Body body(String path, String mark, Random random);

    /** Something that a path can name. By default, it is a UUID that nothing has. */
    default String id(String path, Random random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
