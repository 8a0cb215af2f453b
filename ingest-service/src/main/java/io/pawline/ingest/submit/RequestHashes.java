package io.pawline.ingest.submit;

import io.pawline.ingest.access.ApiClient;
import io.pawline.taskstore.Submission;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Computes the hashes by which two requests are the same. */
final class RequestHashes {

    private static final JsonMapper CANONICAL =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final MessageDigest digest = sha256();

    private RequestHashes() {}

    /** Hashes everything that a request says. The order of the fields, and JSON or form, make no difference. */
    static String ofRequest(TaskRequest request) {
        RequestHashes hashes = new RequestHashes()
                .with(request.imageUrl())
                .with(request.image())
                .with(request.style())
                .with(request.callbackUrl())
                .with(request.deadline())
                .with(request.ttl())
                .with(request.priority())
                .with(request.clientRef())
                .with(canonical(request.metadata()));
        return hashes.withFurther("not_before", request.notBefore())
                .withFurther("again", request.again() ? "true" : null)
                .hash();
    }

    /** Hashes what the client will get, and the receiver of the callback. */
    static String ofWork(ApiClient client, TaskRequest request, Submission submission) {
        return new RequestHashes()
                .with(client.tenant())
                .with(client.client())
                .with(request.imageUrl())
                .with(request.image())
                .with(submission.style())
                .with(submission.callbackUrl().map(Object::toString).orElse(null))
                .with(submission.reference())
                .withFurther(
                        "not_before",
                        submission.notBefore().map(Object::toString).orElse(null))
                .hash();
    }

    private static @Nullable String canonical(@Nullable JsonNode metadata) {
        return metadata == null || metadata.isNull() ? null : CANONICAL.writeValueAsString(metadata);
    }

    /**
     * Adds a field that was not there from the beginning. It counts only if it is given, so hashes from before it was
     * there stay good.
     */
    private RequestHashes withFurther(String field, @Nullable String text) {
        return text == null ? this : with(field).with(text);
    }

    private RequestHashes with(@Nullable String text) {
        return with(text == null ? null : StandardCharsets.UTF_8.encode(text));
    }

    /** Adds a part after its length, so that two different sequences of parts never look alike. */
    private RequestHashes with(@Nullable ByteBuffer bytes) {
        digest.update(ByteBuffer.allocate(4)
                .putInt(bytes == null ? -1 : bytes.remaining())
                .flip());
        if (bytes != null) {
            digest.update(bytes.duplicate());
        }
        return this;
    }

    private String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
