package io.pawline.ingest.upload;

import io.pawline.images.ImageKey;
import io.pawline.images.ManagedImageStore;
import io.pawline.images.UploadAddress;
import io.pawline.ingest.IngestProperties;
import io.pawline.ingest.access.ApiClient;
import io.pawline.ingest.access.Quotas;
import io.pawline.ingest.access.RateLimitView;
import io.pawline.ingest.http.IngestProblem;
import io.pawline.ingest.http.StrictJson;
import io.pawline.photos.PhotoProperties;
import io.pawline.taskstore.DirectUpload;
import io.pawline.taskstore.DirectUploads;
import io.pawline.taskstore.Scope;
import io.pawline.taskstore.UploadId;
import io.pawline.web.ProblemAdvice;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Serves {@code POST /v1/uploads}: an address that one photo can be sent to without a key. Nothing of the photo comes
 * before its client's quota, its length, and the room that the tenant has left are checked.
 */
@RestController
final class UploadController {

    private final DirectUploads uploads;
    private final ManagedImageStore images;
    private final Quotas quotas;
    private final Clock clock;
    private final Duration validity;
    private final Duration untilForgotten;
    private final long mostPendingBytes;
    private final long maxBodyBytes;
    private final LimitsView limits;

    UploadController(
            DirectUploads uploads,
            ManagedImageStore images,
            Quotas quotas,
            Clock clock,
            IngestProperties settings,
            PhotoProperties photo) {
        this.uploads = uploads;
        this.images = images;
        this.quotas = quotas;
        this.clock = clock;
        this.validity = settings.directUpload().validity();
        this.untilForgotten = UploadSweep.grace(settings.maxSendTime()).plus(UploadSweep.EVERY);
        this.mostPendingBytes = settings.directUpload().pendingPerTenant().toBytes();
        this.maxBodyBytes = settings.maxBodySize().toBytes();
        this.limits = new LimitsView(photo.maxSize().toBytes(), photo.maxPixels());
    }

    /** What a photo may have. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record LimitsView(long maxBytes, long maxPixels) {}

    /** An open upload as JSON. Its text shows no address. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record UploadView(
            String uploadId,
            String method,
            URI url,
            Map<String, String> headers,
            Instant expiresAt,
            LimitsView limits) {
        @Override
        public String toString() {
            return "UploadView[uploadId=%s, expiresAt=%s]".formatted(uploadId, expiresAt);
        }
    }

    @PostMapping(
            path = "/v1/uploads",
            consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
    ResponseEntity<UploadView> open(@RequiresScope(Scope.SUBMIT) ApiClient client, HttpServletRequest request)
            throws IOException, TooManyPendingUploadsException {
        UploadBody body =
                StrictJson.object(StrictJson.bytes(request, maxBodyBytes), UploadBody.class, UploadBody.FIELDS);
        String mediaType = body.checkedMediaType();
        long length = body.checkedLength(limits.maxBytes());
        String sha256 = body.checkedSha256();
        quotas.check(client);
        Instant now = clock.instant();
        UploadId id = UploadId.at(now);
        UploadAddress address = images.uploadAddress(ImageKey.incoming(id.value()), mediaType, length, validity);
        Optional<Instant> room = uploads.open(
                new DirectUpload(id, client.tenant(), mediaType, length, sha256, address.expiresAt(), null),
                mostPendingBytes);
        if (room.isPresent()) {
            throw new TooManyPendingUploadsException(
                    mostPendingBytes, Duration.between(now, room.get()).plus(untilForgotten));
        }
        return ResponseEntity.status(HttpStatus.CREATED)
                .cacheControl(CacheControl.noStore())
                .body(new UploadView(
                        id.toString(), "PUT", address.url(), address.headers(), address.expiresAt(), limits));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManyPending(TooManyPendingUploadsException e) {
        long seconds = RateLimitView.secondsUntil(e.retryAfter());
        ProblemDetail problem =
                ProblemAdvice.problem(IngestProblem.TOO_MANY_PENDING_UPLOADS, String.valueOf(e.getMessage()));
        problem.setProperty("retry_after", seconds);
        return ResponseEntity.status(IngestProblem.TOO_MANY_PENDING_UPLOADS.status())
                .header(HttpHeaders.RETRY_AFTER, Long.toString(seconds))
                .body(problem);
    }
}
