package io.pawline.ingest.images;

import io.pawline.images.AddressSignatures;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageSniffer;
import io.pawline.web.ProblemAdvice;
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
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

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
    ResponseEntity<?> image(
            @PathVariable("key") String path,
            @RequestParam(name = "expires", required = false) @Nullable String expires,
            @RequestParam(name = "signature", required = false) @Nullable String signature,
            ServletWebRequest request)
            throws IOException {
        ImageKey key = parse(path.substring(1));
        // The bytes never change, but whoever has the address may see them only until it expires
        CacheControl caching = CacheControl.maxAge(validity(key, expires, signature))
                .cachePublic()
                .immutable();
        long size = images.size(key).orElseThrow(ImageController::notFound);
        String tag = tag(key, size);
        if (request.checkNotModified(tag)) {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED)
                    .cacheControl(caching)
                    .build();
        }
        if (HttpMethod.HEAD.equals(request.getHttpMethod())) {
            return head(HttpStatus.OK, tag, size, caching)
                    .contentType(typeOf(key))
                    .build();
        }
        return switch (range(request, tag, size)) {
            case ByteRange.Whole _ -> body(head(HttpStatus.OK, tag, size, caching), key, 0, size);
            case ByteRange.Part(long from, long length) ->
                body(
                        head(HttpStatus.PARTIAL_CONTENT, tag, length, caching)
                                .header(
                                        HttpHeaders.CONTENT_RANGE,
                                        "bytes %d-%d/%d".formatted(from, from + length - 1, size)),
                        key,
                        from,
                        length);
            case ByteRange.Unsatisfiable _ ->
                ResponseEntity.status(IngestProblem.RANGE_NOT_SATISFIABLE.status())
                        .header(HttpHeaders.CONTENT_RANGE, "bytes */" + size)
                        .body(ProblemAdvice.problem(
                                IngestProblem.RANGE_NOT_SATISFIABLE, "the picture has %d bytes".formatted(size)));
        };
    }

    /** Names the bytes. They are final, so the key names them; the size is there in case of a restored backup. */
    private static String tag(ImageKey key, long size) {
        return "\"%s-%d\"".formatted(key, size);
    }

    /** The range that is asked for. A client that has another picture, as it says with {@code If-Range}, gets all. */
    private static ByteRange range(ServletWebRequest request, String tag, long size) {
        String has = request.getHeader(HttpHeaders.IF_RANGE);
        return has == null || has.equals(tag)
                ? ByteRange.of(request.getHeader(HttpHeaders.RANGE), size)
                : new ByteRange.Whole();
    }

    private static ResponseEntity.BodyBuilder head(HttpStatus status, String tag, long length, CacheControl caching) {
        return ResponseEntity.status(status)
                .eTag(tag)
                .contentLength(length)
                .cacheControl(caching)
                .header(HttpHeaders.ACCEPT_RANGES, "bytes")
                .header("X-Content-Type-Options", "nosniff");
    }

    /** Sends the bytes piece by piece, because many clients may take their time. Spring closes the stream. */
    private ResponseEntity<?> body(ResponseEntity.BodyBuilder answer, ImageKey key, long from, long length)
            throws IOException {
        InputStream image = images.open(key).orElseThrow(ImageController::notFound);
        try {
            byte[] beginning = image.readNBytes(BEGINNING);
            int skipped = (int) Math.min(from, beginning.length);
            image.skipNBytes(from - skipped);
            InputStream rest = new SequenceInputStream(
                    new ByteArrayInputStream(beginning, skipped, beginning.length - skipped), image);
            return answer.contentType(typeOf(beginning)).body(new InputStreamResource(new FirstBytes(rest, length)));
        } catch (IOException e) {
            image.close();
            throw e;
        }
    }

    private MediaType typeOf(ImageKey key) throws IOException {
        try (InputStream image = images.open(key).orElseThrow(ImageController::notFound)) {
            return typeOf(image.readNBytes(BEGINNING));
        }
    }

    private static MediaType typeOf(byte[] beginning) {
        return ImageSniffer.sniff(beginning)
                .map(ImageHeader::kind)
                .map(kind -> MediaType.parseMediaType(kind.mediaType()))
                .orElse(MediaType.APPLICATION_OCTET_STREAM);
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
