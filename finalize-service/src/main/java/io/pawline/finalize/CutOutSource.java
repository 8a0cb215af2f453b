package io.pawline.finalize;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Fetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;

/** Gets the bytes of a cut-out from the image store, or from the provider that keeps them. */
final class CutOutSource {

    /** The result of a search. */
    sealed interface Found {

        /**
         * The file of the cut-out. It holds its share of the memory until it is closed.
         *
         * @param bytes not copied: treat it as read-only
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
        record Bytes(byte[] bytes, MemoryBudget.Share memory) implements Found, AutoCloseable {
            public Bytes {
                Objects.requireNonNull(bytes, "bytes");
                Objects.requireNonNull(memory, "memory");
            }

            @Override
            public void close() {
                memory.close();
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
    private final MemoryBudget memory;

    /** @param memory that files take a share of before they are loaded */
    CutOutSource(ImageStore images, ImageFetcher fetcher, MemoryBudget memory) {
        this.images = images;
        this.fetcher = fetcher;
        this.memory = memory;
    }

    /**
     * The provider's file at this address.
     *
     * @param copies files of this size that the task holds at once, this one included
     */
    Found remote(URI url, int copies, Instant deadline) throws InterruptedException {
        return memory.none().keepIf(Found.Bytes.class::isInstance, share -> {
            BodyMemory body =
                    new BodyMemory(bytes -> share.takeNow(copies * bytes), bytes -> share.take(copies * bytes));
            return switch (fetcher.fetch(url, deadline, body)) {
                case Fetched.Image fetched -> {
                    share.shrinkTo((long) copies * fetched.bytes().length);
                    yield new Found.Bytes(fetched.bytes(), share);
                }
                case Fetched.NotFetched notFetched -> new Found.Nothing(outcome(notFetched));
            };
        });
    }

    /**
     * The file that matting-service has stored.
     *
     * @param copies files of this size that the task holds at once, this one included
     * @throws io.pawline.images.ImageStoreException if the store cannot be read
     */
    Found stored(ImageKey key, int copies) throws InterruptedException {
        long size = images.size(key).orElse(0L);
        return memory.take(copies * size)
                .keepIf(
                        Found.Bytes.class::isInstance,
                        share -> images.get(key)
                                .<Found>map(bytes -> {
                                    share.shrinkTo((long) copies * bytes.length);
                                    return new Found.Bytes(bytes, share);
                                })
                                .orElseGet(() -> notStored(key)));
    }

    private static Found notStored(ImageKey key) {
        String detail = "the cut-out " + key + " is not in the image store";
        return new Found.Nothing(new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, detail));
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
