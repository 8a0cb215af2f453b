package io.pawline.finalize;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.outbound.Fetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.schemas.Reason;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;

/** Gets the bytes of a cut-out from the image store, or from the provider that keeps them. */
final class CutOutSource {

    /** The result of a search. */
    sealed interface Found {

        /**
         * The file of the cut-out.
         *
         * @param bytes not copied: treat it as read-only
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
        record Bytes(byte[] bytes) implements Found {
            public Bytes {
                Objects.requireNonNull(bytes, "bytes");
            }
        }

        /** No bytes, and the outcome of the attempt. */
        record Nothing(Outcome outcome) implements Found {
            public Nothing {
                Objects.requireNonNull(outcome, "outcome");
            }
        }
    }

    private final ImageStore images;
    private final ImageFetcher fetcher;

    CutOutSource(ImageStore images, ImageFetcher fetcher) {
        this.images = images;
        this.fetcher = fetcher;
    }

    /** The provider's file at this address. */
    Found remote(URI url, Instant deadline) throws InterruptedException {
        return switch (fetcher.fetch(url, deadline)) {
            case Fetched.Image fetched -> new Found.Bytes(fetched.bytes());
            case Fetched.NotFetched notFetched -> new Found.Nothing(outcome(notFetched));
        };
    }

    /**
     * The file that matting-service has stored.
     *
     * @throws io.pawline.images.ImageStoreException if the store cannot be read
     */
    Found stored(ImageKey key) {
        return images.get(key).<Found>map(Found.Bytes::new).orElseGet(() -> {
            String detail = "the cut-out " + key + " is not in the image store";
            return new Found.Nothing(new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, detail));
        });
    }

    private static Outcome outcome(Fetched.NotFetched notFetched) {
        String detail = notFetched.detail();
        return switch (notFetched.failure()) {
            case UNREACHABLE ->
                notFetched.retryable()
                        ? new Outcome.Retry(Reason.RESULT_UNREACHABLE, detail)
                        : new Outcome.Rejected(Reason.RESULT_UNREACHABLE, detail);
            case NOT_AN_IMAGE, TOO_LARGE -> new Outcome.Rejected(Reason.INCONSISTENT_RESULT, detail);
            case ADDRESS_REFUSED -> new Outcome.Rejected(Reason.ADDRESS_REFUSED, detail);
        };
    }
}
