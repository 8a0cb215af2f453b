package io.pawline.detect;

import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.Fetched.Image;
import io.pawline.outbound.Fetched.NotFetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.ImageSniffer;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;

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

    PhotoLoader(ImageStore images, ImageFetcher fetcher) {
        this.images = Objects.requireNonNull(images, "images");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    }

    Loaded stored(ImageKey key) throws InterruptedException {
        byte[] bytes;
        try {
            bytes = images.get(key).orElse(null);
        } catch (ImageStoreException lost) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException("interrupted while reading the photo");
                interrupted.initCause(lost);
                throw interrupted;
            }
            return new Loaded.Absent(Reason.STORAGE_UNAVAILABLE, true, "the photo could not be read from the store");
        }
        if (bytes == null) {
            return new Loaded.Absent(Reason.PHOTO_UNREACHABLE, true, "the uploaded photo is not in the image store");
        }
        return ImageSniffer.sniff(bytes)
                .<Loaded>map(header -> new Loaded.Present(new LoadedPhoto(bytes, header.kind())))
                .orElseGet(() -> new Loaded.Absent(
                        Reason.PHOTO_NOT_AN_IMAGE, false, "the uploaded photo is not a JPEG, PNG or WebP image"));
    }

    Loaded remote(URI url, Instant deadline) throws InterruptedException {
        return switch (fetcher.fetch(url, deadline)) {
            case Image image -> new Loaded.Present(new LoadedPhoto(image.bytes(), image.kind()));
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
