package io.pawline.ingest.images;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.web.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves {@code /v1/images}, the pictures of an image store that is a folder. A request needs no API key, just as the
 * signed addresses of other stores need none: whoever has the address of a picture may see it. Photos are never served.
 */
@RestController
final class ImageController {

    // Nobody learns the key of an image before its bytes are final.
    private static final CacheControl FOREVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    /** What is read to see which kind of image it is. */
    private static final int BEGINNING = 64 * 1024;

    private final ImageStore images;

    ImageController(ImageStore images) {
        this.images = images;
    }

    @GetMapping("/v1/images/{*key}")
    ResponseEntity<Resource> image(@PathVariable("key") String path) throws IOException {
        ImageKey key = parse(path.substring(1));
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
                .cacheControl(FOREVER)
                .header("X-Content-Type-Options", "nosniff")
                // Piece by piece, because many clients may take their time; Spring closes it
                .body(new InputStreamResource(new SequenceInputStream(new ByteArrayInputStream(beginning), image)));
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
