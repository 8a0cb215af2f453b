package io.pawline.ingest.images;

import io.pawline.images.AddressSignatures;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.web.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves {@code /v1/images}, the pictures of an image store that is a folder. With any other store there is no such
 * route. A request needs no API key, just as the signed addresses of other stores need none: whoever has the signed
 * address of a picture may see it until it expires. Photos are never served.
 */
@RestController
@ConditionalOnProperty(name = "pawline.image-store.kind", havingValue = "folder", matchIfMissing = true)
final class ImageController {

    /** What is read to see which kind of image it is. */
    private static final int BEGINNING = 64 * 1024;

    private final ImageStore images;
    private final AddressSignatures signatures;
    private final Clock clock;

    ImageController(ImageStore images, ImageStoreProperties settings, Clock clock) {
        this.images = images;
        this.signatures = AddressSignatures.ofFolder(Objects.requireNonNull(settings.folder(), "folder"));
        this.clock = clock;
    }

    @GetMapping("/v1/images/{*key}")
    ResponseEntity<Resource> image(
            @PathVariable("key") String path,
            @RequestParam(name = "expires", required = false) @Nullable String expires,
            @RequestParam(name = "signature", required = false) @Nullable String signature)
            throws IOException {
        ImageKey key = parse(path.substring(1));
        Duration validFor = validity(key, expires, signature);
        long size = images.size(key).orElseThrow(ImageController::notFound);
        InputStream image = images.open(key).orElseThrow(ImageController::notFound);
        byte[] beginning = image.readNBytes(BEGINNING);
        MediaType type = ImageSniffer.sniff(beginning)
                .map(ImageHeader::kind)
                .map(kind -> MediaType.parseMediaType(kind.mediaType()))
                .orElse(MediaType.APPLICATION_OCTET_STREAM);
        return ResponseEntity.ok()
                .contentType(type)
                .contentLength(size)
                // The bytes never change, but whoever has the address may see them only until it expires
                .cacheControl(CacheControl.maxAge(validFor).cachePublic().immutable())
                .header("X-Content-Type-Options", "nosniff")
                // Piece by piece, because many clients may take their time; Spring closes it
                .body(new InputStreamResource(new SequenceInputStream(new ByteArrayInputStream(beginning), image)));
    }

    /** The time for which the address is still valid. */
    private Duration validity(ImageKey key, @Nullable String expires, @Nullable String signature) {
        Instant now = clock.instant();
        return switch (signatures.verdict(key, expires, signature, now)) {
            case VALID -> Duration.ofSeconds(Long.parseLong(String.valueOf(expires)) - now.getEpochSecond());
            case EXPIRED ->
                throw new ProblemException(
                        IngestProblem.IMAGE_ADDRESS_EXPIRED,
                        "the address has expired: the status of the task has a new one");
            case FORGED -> throw notFound();
        };
    }

    private static ImageKey parse(String text) {
        try {
            ImageKey key = new ImageKey(text);
            if (key.isPhoto()) {
                throw notFound();
            }
            return key;
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ProblemException notFound() {
        return new ProblemException(
                IngestProblem.IMAGE_NOT_FOUND, "no image has this address: use those of a task's result as they are");
    }
}
