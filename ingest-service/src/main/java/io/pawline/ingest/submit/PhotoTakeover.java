package io.pawline.ingest.submit;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreException;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.submit.RefusedException.Fault;
import io.pawline.taskstore.BatchId;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.DirectUpload;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.UploadId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts submissions that name a direct upload. It reads the photo, and from then on the submission is one that came
 * with the photo. Once there is a task, the upload is deleted. A repetition of the request is then recognised by what it
 * says besides the photo. Thread-safe.
 */
final class PhotoTakeover {

    private static final Logger log = LoggerFactory.getLogger(PhotoTakeover.class);

    /** Stands for the hash of a request that cannot be the one before. No request has this hash. */
    private static final String ANOTHER_REQUEST = "";

    private static final int MOST_LOOKS = 10;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final TaskIntake intake;
    private final DirectUploads uploads;
    private final ManagedImageStore images;
    private final Clock clock;

    PhotoTakeover(TaskIntake intake, DirectUploads uploads, ManagedImageStore images, Clock clock) {
        this.intake = intake;
        this.uploads = uploads;
        this.images = images;
        this.clock = clock;
    }

    /**
     * Accepts a submission as {@link TaskIntake} does. The quota is checked, and room in memory taken, before the photo
     * is read.
     *
     * @param batch the batch that the task belongs to; null: none
     * @param memory that the request holds; it is extended by the photo
     * @throws RefusedException if it is refused; then nothing has been kept, and the upload is as before
     * @throws TooManyUploadsException if there is no room in memory for the photo
     */
    SubmittedTask accept(
            TaskRequest request,
            ApiClient client,
            @Nullable RequestKey key,
            @Nullable BatchId batch,
            UploadMemory.Share memory)
            throws RefusedException, InterruptedException {
        String named = request.uploadId();
        if (named == null) {
            return intake.accept(request, client, key, batch);
        }
        if (request.imageUrl() != null) {
            throw RefusedException.invalid("image_url", "and upload_id are both given: send one of them");
        }
        DirectUpload upload = find(named, client);
        if (upload.taking().isPresent()) {
            return earlier(upload.taking().get(), request, client, key);
        }
        if (!clock.instant().isBefore(upload.expiresAt())) {
            throw unusable("has expired: get another one from POST /v1/uploads");
        }
        intake.checkQuota(client, key);
        memory.extend(upload.length());
        Optional<ByteBuffer> photo = photo(upload);
        if (photo.isEmpty()) {
            // Another request may just have taken it
            Optional<DirectUpload.Taking> taking = find(named, client).taking();
            if (taking.isPresent()) {
                return earlier(taking.get(), request, client, key);
            }
            throw unusable("has no photo yet: send the photo to the address of the upload first");
        }
        return take(upload, request, request.with(photo.get()), client, key, batch);
    }

    /** Takes the upload before there is a task, so that of requests that come together one gets the photo. */
    private SubmittedTask take(
            DirectUpload upload,
            TaskRequest named,
            TaskRequest whole,
            ApiClient client,
            @Nullable RequestKey key,
            @Nullable BatchId batch)
            throws RefusedException, InterruptedException {
        DirectUpload.Taking taking = new DirectUpload.Taking(
                RequestHashes.ofRequest(named),
                intake.work(named, client),
                RequestHashes.ofRequest(whole),
                intake.work(whole, client));
        if (!uploads.take(upload.id(), taking, clock.instant())) {
            DirectUpload.Taking other = find(upload.id().toString(), client)
                    .taking()
                    .orElseThrow(() -> unusable("was just given back by another request: send the request again"));
            return earlier(other, named, client, key);
        }
        boolean accepted = false;
        try {
            SubmittedTask submitted = intake.accept(whole, client, key, batch);
            accepted = true;
            return submitted;
        } finally {
            settle(upload, taking, accepted);
        }
    }

    /** Deletes a photo that a task has a copy of; of another, the upload is as before. */
    private void settle(DirectUpload upload, DirectUpload.Taking taking, boolean accepted) {
        try {
            if (accepted) {
                images.delete(ImageKey.incoming(upload.id().value()));
            } else {
                uploads.release(upload.id(), taking);
            }
        } catch (DatabaseUnavailableException | ImageStoreException e) {
            log.warn("Upload {} stays until it has expired: {}", upload.id(), String.valueOf(e.getMessage()));
        }
    }

    private DirectUpload find(String id, ApiClient client) throws RefusedException {
        return UploadId.parse(id)
                .flatMap(uploads::find)
                .filter(upload -> upload.tenant().equals(client.tenant()))
                .orElseThrow(() -> unusable(
                        "is no upload of the key's tenant, or it has expired: it comes from POST /v1/uploads"));
    }

    /** The photo that has been sent; empty if none has. */
    private Optional<ByteBuffer> photo(DirectUpload upload) throws RefusedException {
        ImageKey key = ImageKey.incoming(upload.id().value());
        Optional<Long> size = images.size(key);
        if (size.isPresent() && size.get() != upload.length()) {
            // Not read: it may be of any size
            throw unusable("has %d bytes instead of the %d that it was opened for: send the photo again"
                    .formatted(size.get(), upload.length()));
        }
        Optional<byte[]> bytes = size.isEmpty() ? Optional.empty() : images.get(key);
        if (bytes.isPresent()
                && upload.sha256()
                        .filter(hash -> !hash.equals(sha256(bytes.get())))
                        .isPresent()) {
            throw unusable("has other bytes than its sha256 says: send the photo again");
        }
        return bytes.map(ByteBuffer::wrap);
    }

    /** Finds the task of a request whose photo a task has already, if it is the request of that task. */
    private SubmittedTask earlier(
            DirectUpload.Taking taking, TaskRequest request, ApiClient client, @Nullable RequestKey key)
            throws RefusedException, InterruptedException {
        boolean same = key == null
                ? intake.work(request, client).equals(taking.namedWork())
                : RequestHashes.ofRequest(request).equals(taking.namedRequest());
        // The other request took the photo, and its task may be a moment behind
        for (int look = 0; look < MOST_LOOKS; look++) {
            Optional<SubmittedTask> earlier = Optional.empty();
            if (key != null) {
                earlier = intake.earlier(client, key, same ? taking.wholeRequest() : ANOTHER_REQUEST);
            } else if (same) {
                earlier = intake.running(taking.wholeWork(), request.again());
            }
            if (earlier.isPresent()) {
                return earlier.get();
            }
            if (!same) {
                break;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw unusable("has become the photo of another task: get another one from POST /v1/uploads");
    }

    private static RefusedException unusable(String fault) {
        return new RefusedException(Fault.UPLOAD_UNUSABLE, "upload_id " + fault);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
