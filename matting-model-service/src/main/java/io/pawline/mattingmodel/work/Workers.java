package io.pawline.mattingmodel.work;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.pawline.mattingmodel.cutout.BackgroundRemover;
import io.pawline.mattingmodel.cutout.Picture;
import io.pawline.mattingmodel.work.NotCutOutException.Fault;
import io.pawline.photos.PhotoDecoder;
import io.pawline.photos.PhotoDecoder.Decoded;
import io.pawline.photos.PhotoDecoder.NotDecoded;
import io.pawline.photos.PhotoResult;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Decodes pictures and cuts them out, a few at the same time. It does so on threads of its own, because a model does not
 * let go of its thread, and on the virtual threads of requests it would hold up all others. Thread-safe.
 */
public final class Workers implements AutoCloseable {

    private final PhotoDecoder decoder;
    private final BackgroundRemover remover;
    private final Timer time;
    private final ExecutorService threads;

    /**
     * @param workers pictures that are cut out at the same time
     * @param maxPixels most pixels of a picture
     */
    public Workers(BackgroundRemover remover, int workers, long maxPixels, MeterRegistry meters) {
        this.decoder = new PhotoDecoder(maxPixels);
        this.remover = remover;
        this.time = Timer.builder("pawline.matting.model.time")
                .description("Decoding one picture and cutting it out, without its wait")
                .register(meters);
        this.threads = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().daemon().name("cut-out-", 0).factory());
    }

    /**
     * Cuts a picture out and waits for it.
     *
     * @param place holds the file already, and the rest of what the picture needs from now on
     * @param file the picture as it came, in the remaining bytes
     * @return a PNG of the same size
     * @throws NotCutOutException if it is no picture that can be cut out
     */
    public byte[] cutOut(Places.Place place, ByteBuffer file) {
        Future<byte[]> cutOut = threads.submit(() -> time.recordCallable(() -> work(place, file)));
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return cutOut.get();
                } catch (InterruptedException stopped) {
                    // The worker goes on, and holds the memory of the place until it is done
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof NotCutOutException refused) {
                throw refused;
            }
            throw new IllegalStateException("a picture could not be cut out", failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] work(Places.Place place, ByteBuffer file) {
        long before = place.heldBytes();
        PhotoDecoder.Result result = decoder.decode(
                file,
                (pixels, bytes) ->
                        place.hold(before + Math.max(bytes, BackgroundRemover.BYTES_PER_PIXEL * pixels) + 3 * pixels));
        return switch (result) {
            case Decoded picture -> remover.cutOut(new Picture(picture.width(), picture.height(), picture.rgb()));
            case NotDecoded not ->
                throw new NotCutOutException(
                        not.why().fault() == PhotoResult.Fault.TOO_LARGE ? Fault.TOO_LARGE : Fault.NOT_AN_IMAGE,
                        "the picture " + not.why().detail());
        };
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
