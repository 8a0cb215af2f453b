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

/** Hashes by which requests are told apart. */
final class RequestHashes {

    private static final JsonMapper CANONICAL =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final MessageDigest digest = sha256();

    private RequestHashes() {}

    /** Of all that a request says; the order of its fields, or JSON or form, do not matter. */
    static String ofRequest(TaskRequest request) {
        return new RequestHashes()
                .with(request.imageUrl())
                .with(request.image())
                .with(request.style())
                .with(request.callbackUrl())
                .with(request.deadline())
                .with(request.ttl())
                .with(request.priority())
                .with(request.clientRef())
                .with(canonical(request.metadata()))
                .hash();
    }

    /** Of what the caller will get, and who will be told of it. */
    static String ofWork(ApiClient tenant, TaskRequest request, Submission submission) {
        return new RequestHashes()
                .with(tenant.tenant())
                .with(tenant.client())
                .with(request.imageUrl())
                .with(request.image())
                .with(submission.style())
                .with(submission.callbackUrl().map(Object::toString).orElse(null))
                .with(submission.reference())
                .hash();
    }

    private static @Nullable String canonical(@Nullable JsonNode metadata) {
        return metadata == null || metadata.isNull() ? null : CANONICAL.writeValueAsString(metadata);
    }

    private RequestHashes with(@Nullable String text) {
        return with(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    /** With its length before it, so that no two sequences of parts look alike. */
    private RequestHashes with(byte @Nullable [] bytes) {
        digest.update(
                ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).flip());
        if (bytes != null) {
            digest.update(bytes);
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
