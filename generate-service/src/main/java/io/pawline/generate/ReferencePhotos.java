package io.pawline.generate;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Fetched.Image;
import io.pawline.outbound.Fetched.NotFetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.ImageHeader;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Gets the photos that pictures are made after: an upload from the image store, another photo from the address that the
 * front end gave. Thread-safe.
 */
final class ReferencePhotos {

    /** The result of loading a photo. */
    sealed interface Loaded {

        /**
         * The photo. It holds its share of the memory until it is closed.
         *
         * @param bytes the file. Not copied: treat it as read-only
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
        record Photo(byte[] bytes, ImageKind kind, MemoryBudget.Share memory) implements Loaded, AutoCloseable {
            public Photo {
                Objects.requireNonNull(bytes, "bytes");
                Objects.requireNonNull(kind, "kind");
                Objects.requireNonNull(memory, "memory");
            }

            /** The photo in the request, so that the provider fetches nothing. */
            DataUrl dataUrl() {
                return new DataUrl(kind.mediaType(), bytes);
            }

            @Override
            public void close() {
                memory.close();
            }
        }

        /** No photo, and the outcome of the attempt. */
        record Nothing(Outcome outcome) implements Loaded {
            public Nothing {
                Objects.requireNonNull(outcome, "outcome");
            }
        }
    }

    private final ImageStore images;
    private final ImageFetcher fetcher;
    private final MemoryBudget memory;

    /** @param memory that photos take a share of before they are loaded */
    ReferencePhotos(ImageStore images, ImageFetcher fetcher, MemoryBudget memory) {
        this.images = Objects.requireNonNull(images, "images");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.memory = Objects.requireNonNull(memory, "memory");
    }

    /** Loads an uploaded photo. */
    Loaded stored(ImageKey key) throws InterruptedException {
        try {
            Optional<Long> size = images.size(key);
            return size.isPresent() ? within(memory.take(size.get()), share -> stored(key, share)) : notStored();
        } catch (ImageStoreException lost) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException("interrupted while reading the photo");
                interrupted.initCause(lost);
                throw interrupted;
            }
            return new Loaded.Nothing(
                    new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, "the photo could not be read from the store"));
        }
    }

    private Loaded stored(ImageKey key, MemoryBudget.Share share) {
        Optional<byte[]> bytes = images.get(key);
        if (bytes.isEmpty()) {
            return notStored();
        }
        return ImageSniffer.sniff(bytes.get())
                .map(ImageHeader::kind)
                .<Loaded>map(kind -> new Loaded.Photo(bytes.get(), kind, share))
                .orElseGet(() -> new Loaded.Nothing(
                        Outcome.failed(Reason.PHOTO_NOT_AN_IMAGE, Reason.PHOTO_NOT_AN_IMAGE.description())));
    }

    private static Loaded notStored() {
        return new Loaded.Nothing(
                new Outcome.Retry(Reason.PHOTO_UNREACHABLE, "the uploaded photo is not in the image store"));
    }

    /** Loads a photo from the address that the front end gave. */
    Loaded remote(URI url, Instant deadline) throws InterruptedException {
        return within(memory.none(), share -> fetched(url, deadline, share));
    }

    private Loaded fetched(URI url, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        return switch (fetcher.fetch(url, deadline, new BodyMemory(share::takeNow, share::take))) {
            case Image image -> new Loaded.Photo(image.bytes(), image.kind(), share);
            case NotFetched failed -> new Loaded.Nothing(outcome(failed));
        };
    }

    /** Loads a photo that keeps the share, reduced to the photo's bytes. */
    private static Loaded within(MemoryBudget.Share share, MemoryBudget.Work<Loaded> loading)
            throws InterruptedException {
        Loaded loaded = share.keepIf(Loaded.Photo.class::isInstance, loading);
        if (loaded instanceof Loaded.Photo photo) {
            share.shrinkTo(photo.bytes().length);
        }
        return loaded;
    }

    private static Outcome outcome(NotFetched failed) {
        Reason reason = switch (failed.failure()) {
            case UNREACHABLE -> Reason.PHOTO_UNREACHABLE;
            case NOT_AN_IMAGE -> Reason.PHOTO_NOT_AN_IMAGE;
            case TOO_LARGE -> Reason.PHOTO_TOO_LARGE;
            case ADDRESS_REFUSED -> Reason.ADDRESS_REFUSED;
        };
        return failed.retryable()
                ? new Outcome.Retry(reason, failed.detail())
                : new Outcome.Rejected(reason, failed.detail());
    }
}
