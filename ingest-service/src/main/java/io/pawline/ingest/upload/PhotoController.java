package io.pawline.ingest.upload;

import io.pawline.images.AddressSignatures;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ManagedImageStore;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.taskstore.DirectUpload;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.UploadId;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes the photos of direct uploads into an image store that is a folder. With any other store there is no such route.
 * A request needs no API key: whoever has the signed address may send the photo until the address expires. A photo goes
 * to the disk while it comes, and no two at once for the same upload. So what is on the disk is bounded by what is open.
 */
@RestController
@ConditionalOnProperty(name = "pawline.image-store.kind", havingValue = "folder", matchIfMissing = true)
final class PhotoController {

    private final DirectUploads uploads;
    private final ManagedImageStore images;
    private final AddressSignatures signatures;
    private final Clock clock;
    private final Set<UploadId> underWay = ConcurrentHashMap.newKeySet();

    PhotoController(DirectUploads uploads, ManagedImageStore images, ImageStoreProperties settings, Clock clock) {
        this.uploads = uploads;
        this.images = images;
        this.signatures = AddressSignatures.ofFolder(Objects.requireNonNull(settings.folder(), "folder"));
        this.clock = clock;
    }

    @PutMapping("/v1/uploads/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void receive(
            @PathVariable("id") String text,
            @RequestParam(name = "type", required = false) @Nullable String type,
            @RequestParam(name = "length", required = false) @Nullable String length,
            @RequestParam(name = "expires", required = false) @Nullable String expires,
            @RequestParam(name = "signature", required = false) @Nullable String signature,
            HttpServletRequest request)
            throws IOException {
        UploadId id = UploadId.parse(text).orElseThrow(PhotoController::notFound);
        ImageKey key = ImageKey.incoming(id.value());
        switch (signatures.uploadVerdict(key, type, length, expires, signature, clock.instant())) {
            case VALID -> {
                // What was signed is what POST /v1/uploads was asked for
            }
            case EXPIRED -> throw closed("the address has expired: get another one from POST /v1/uploads");
            case FORGED -> throw notFound();
        }
        checkHead(request, String.valueOf(type), Long.parseLong(String.valueOf(length)));
        if (!underWay.add(id)) {
            throw new ProblemException(
                    IngestProblem.UPLOAD_UNDER_WAY, "the photo of this upload is on its way already");
        }
        try {
            DirectUpload upload = open(id);
            images.put(key, request.getInputStream(), upload.length(), upload.mediaType());
            try {
                open(id);
            } catch (ProblemException takenMeanwhile) {
                images.delete(key);
                throw takenMeanwhile;
            }
        } finally {
            underWay.remove(id);
        }
    }

    private DirectUpload open(UploadId id) {
        DirectUpload upload = uploads.find(id).orElseThrow(PhotoController::notFound);
        if (upload.taking().isPresent()) {
            throw closed("a task has taken the photo already: get another address from POST /v1/uploads");
        }
        return upload;
    }

    /** Holds the headers against what is signed, so that nothing is read of a body that is another one. */
    private static void checkHead(HttpServletRequest request, String type, long length) {
        if (request.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
            throw new ProblemException(
                    CommonProblem.UNSUPPORTED_MEDIA_TYPE, "the photo has a content coding: send its bytes as they are");
        }
        if (!type.equalsIgnoreCase(request.getContentType())) {
            throw new ProblemException(
                    CommonProblem.UNSUPPORTED_MEDIA_TYPE,
                    "the address is for another media type: send Content-Type: " + type);
        }
        long sent = request.getContentLengthLong();
        if (sent > length) {
            throw new ProblemException(
                    CommonProblem.REQUEST_TOO_LARGE,
                    "the address is for %d bytes, and the body has %d".formatted(length, sent));
        }
        if (sent != length) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "the address is for %1$d bytes: send Content-Length: %1$d".formatted(length));
        }
    }

    private static ProblemException closed(String detail) {
        return new ProblemException(IngestProblem.UPLOAD_CLOSED, detail);
    }

    private static ProblemException notFound() {
        return new ProblemException(
                IngestProblem.UPLOAD_NOT_FOUND, "no upload has this address: use that of POST /v1/uploads as it is");
    }
}
