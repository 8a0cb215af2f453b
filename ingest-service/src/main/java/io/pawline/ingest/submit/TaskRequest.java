package io.pawline.ingest.submit;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A submission as it came, before any check.
 *
 * @param image the bytes of an uploaded photo, instead of {@code imageUrl}; not copied, so treat them as read-only
 * @param uploadId the direct upload that has the photo, instead of {@code imageUrl}; its bytes become the {@code image}
 * @param again whether it becomes a task of its own even if the same is running already
 */
public record TaskRequest(
        @Nullable String imageUrl,
        @Nullable ByteBuffer image,
        @Nullable String uploadId,
        @Nullable String style,
        @Nullable String callbackUrl,
        @Nullable String deadline,
        @Nullable String ttl,
        @Nullable String priority,
        @Nullable String clientRef,
        @Nullable JsonNode metadata,
        @Nullable String notBefore,
        boolean again) {

    /** The same request with the bytes of its photo. */
    TaskRequest with(ByteBuffer photo) {
        return new TaskRequest(
                imageUrl,
                photo,
                uploadId,
                style,
                callbackUrl,
                deadline,
                ttl,
                priority,
                clientRef,
                metadata,
                notBefore,
                again);
    }
}
