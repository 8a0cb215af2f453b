package io.pawline.photoloader;

import io.pawline.events.ImageRef;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Download;
import io.pawline.outbound.Fetched.NotFetched;
import io.pawline.outbound.ImageFetcher;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoResult;
import io.pawline.photos.WorkingMemory;
import io.pawline.schemas.Reason;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.springframework.util.unit.DataSize;

/**
 * Gets photos: an upload from the image store, another photo from the address that the front end gave. Both are
 * normalised before anything is paid for them, and before a provider sees them. Thread-safe.
 */
public final class PhotoLoader {

    /** The result of loading a photo. */
    public sealed interface Loaded {

        /** The photo, which the caller has to close. */
        record Present(LoadedPhoto photo) implements Loaded {}

        /** No photo, and the outcome of the attempt that needs it. */
        record Absent(Outcome outcome) implements Loaded {}
    }

    /** What is asked for first can be decoded without another program. */
    private static final String ACCEPTED = "image/jpeg, image/png, image/webp, image/*;q=0.5";

    private final ImageStore images;
    private final ImageFetcher fetcher;
    private final PhotoNormaliser normaliser;
    private final DataSize maxSize;
    private final MemoryBudget memory;
    private final WorkingMemory decoding;

    /**
     * Makes a loader.
     *
     * @param maxSize most bytes of a photo as it comes
     * @param memory that photos take a share of before they are loaded
     * @param decoding that a photo takes a further share of while it is decoded, so it must be another budget
     */
    public PhotoLoader(
            ImageStore images,
            ImageFetcher fetcher,
            PhotoNormaliser normaliser,
            DataSize maxSize,
            MemoryBudget memory,
            MemoryBudget decoding) {
        this.images = Objects.requireNonNull(images, "images");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.normaliser = Objects.requireNonNull(normaliser, "normaliser");
        this.maxSize = Objects.requireNonNull(maxSize, "maxSize");
        this.memory = Objects.requireNonNull(memory, "memory");
        this.decoding = WorkingMemory.ofHeap(bytes -> decoding.take(bytes)::close);
    }

    /**
     * Loads and normalises a photo.
     *
     * @param tenant that named the photo, and that the look-up of its host counts for
     * @param deadline when loading has to end
     */
    public Loaded load(ImageRef photo, String tenant, Instant deadline) throws InterruptedException {
        Optional<String> key = photo.getKey();
        if (key.isPresent()) {
            return stored(new ImageKey(key.get()));
        }
        String url = photo.getUrl().orElseThrow(() -> new IllegalArgumentException("the photo has no key and no url"));
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException unreadable) {
            return rejected(Reason.ADDRESS_REFUSED, "the photo's address is not a valid URI");
        }
        return ScopedValue.where(AddressGuard.TENANT, tenant)
                .<Loaded, InterruptedException>call(() -> remote(address, deadline));
    }

    private Loaded stored(ImageKey key) throws InterruptedException {
        try {
            Optional<Long> size = images.size(key);
            return size.isPresent() ? within(memory.take(size.get()), share -> stored(key, share)) : notStored();
        } catch (ImageStoreException lost) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException("interrupted while reading the photo");
                interrupted.initCause(lost);
                throw interrupted;
            }
            return retry(Reason.STORAGE_UNAVAILABLE, "the photo could not be read from the store");
        }
    }

    private Loaded stored(ImageKey key, MemoryBudget.Share share) throws InterruptedException {
        byte[] bytes = images.get(key).orElse(null);
        return bytes == null ? notStored() : normalised("the uploaded photo", bytes, share);
    }

    /** A photo that ingest-service has normalised passes as it is. */
    private Loaded normalised(String which, byte[] bytes, MemoryBudget.Share share) throws InterruptedException {
        return switch (normaliser.normalise(ByteBuffer.wrap(bytes), decoding)) {
            case PhotoResult.Normalised photo ->
                new Loaded.Present(new LoadedPhoto(photo.bytes(), photo.format(), share));
            case PhotoResult.Refused refused -> rejected(reason(refused.fault()), which + " " + refused.detail());
        };
    }

    private static Reason reason(PhotoResult.Fault fault) {
        return switch (fault) {
            case NOT_AN_IMAGE -> Reason.PHOTO_NOT_AN_IMAGE;
            case TOO_LARGE -> Reason.PHOTO_TOO_LARGE;
        };
    }

    private static Loaded notStored() {
        return retry(Reason.PHOTO_UNREACHABLE, "the uploaded photo is not in the image store");
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

    private Loaded remote(URI url, Instant deadline) throws InterruptedException {
        return within(memory.none(), share -> fetched(url, deadline, share));
    }

    private Loaded fetched(URI url, Instant deadline, MemoryBudget.Share share) throws InterruptedException {
        BodyMemory body = new BodyMemory(share::takeNow, share::take);
        return switch (fetcher.download(url, deadline, maxSize, ACCEPTED, body)) {
            case Download.File file -> normalised("the photo at " + file.host(), file.bytes(), share);
            case NotFetched failed when failed.retryable() -> retry(reason(failed), failed.detail());
            case NotFetched failed -> rejected(reason(failed), failed.detail());
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

    private static Loaded retry(Reason reason, String detail) {
        return new Loaded.Absent(new Outcome.Retry(reason, detail));
    }

    private static Loaded rejected(Reason reason, String detail) {
        return new Loaded.Absent(new Outcome.Rejected(reason, detail));
    }
}
