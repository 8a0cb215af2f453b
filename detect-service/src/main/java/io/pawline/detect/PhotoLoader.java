package io.pawline.detect;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Fetched.Image;
import io.pawline.outbound.Fetched.NotFetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.ImageSniffer;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Gets photos: an upload from the image store, another photo from the address that the front end gave. */
final class PhotoLoader {

    /** The result of loading a photo. */
    sealed interface Loaded {

        record Present(LoadedPhoto photo) implements Loaded {}

        /**
         * There is no photo.
         *
         * @param retryable whether it may be there later
         */
        record Absent(Reason reason, boolean retryable, String detail) implements Loaded {}
    }

    private final ImageStore images;
    private final ImageFetcher fetcher;
    private final MemoryBudget memory;

    /** @param memory that photos take a share of before they are loaded */
    PhotoLoader(ImageStore images, ImageFetcher fetcher, MemoryBudget memory) {
        this.images = Objects.requireNonNull(images, "images");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.memory = Objects.requireNonNull(memory, "memory");
    }

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
            return new Loaded.Absent(Reason.STORAGE_UNAVAILABLE, true, "the photo could not be read from the store");
        }
    }

    private Loaded stored(ImageKey key, MemoryBudget.Share share) {
        byte[] bytes = images.get(key).orElse(null);
        if (bytes == null) {
            return notStored();
        }
        return ImageSniffer.sniff(bytes)
                .<Loaded>map(header -> new Loaded.Present(new LoadedPhoto(bytes, header.kind(), share)))
                .orElseGet(() -> new Loaded.Absent(
                        Reason.PHOTO_NOT_AN_IMAGE, false, "the uploaded photo is not a JPEG, PNG or WebP image"));
    }

    private static Loaded notStored() {
        return new Loaded.Absent(Reason.PHOTO_UNREACHABLE, true, "the uploaded photo is not in the image store");
    }

    /** Loads a photo that keeps the share, reduced to the photo's bytes. */
    private static Loaded within(MemoryBudget.Share share, MemoryBudget.Work<Loaded> loading)
            throws InterruptedException {
        Loaded loaded = share.keepIf(Loaded.Present.class::isInstance, loading);
        if (loaded instanceof Loaded.Present present) {
            share.shrinkTo(present.photo().bytes().length);
        }
        return loaded;
    }

    Loaded remote(URI url, Instant deadline) throws InterruptedException {
        return within(memory.none(), share -> fetched(url, deadline, share));
    }

    private Loaded fetched(URI url, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        return switch (fetcher.fetch(url, deadline, new BodyMemory(share::takeNow, share::take))) {
            case Image image -> new Loaded.Present(new LoadedPhoto(image.bytes(), image.kind(), share));
            case NotFetched failed -> new Loaded.Absent(reason(failed), failed.retryable(), failed.detail());
        };
    }

    private static Reason reason(NotFetched failed) {
        return switch (failed.failure()) {
            case UNREACHABLE -> Reason.PHOTO_UNREACHABLE;
            case NOT_AN_IMAGE -> Reason.PHOTO_NOT_AN_IMAGE;
            case TOO_LARGE -> Reason.PHOTO_TOO_LARGE;
            case ADDRESS_REFUSED -> Reason.ADDRESS_REFUSED;
        };
    }
}
