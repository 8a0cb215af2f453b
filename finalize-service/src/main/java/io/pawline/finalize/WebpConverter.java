package io.pawline.finalize;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Converts PNG to WebP with <a href="https://developers.google.com/speed/webp/docs/cwebp">cwebp</a>, Google's program, in
 * a process of its own. Transparency and XMP stay; colours lose what the quality says. RATIONALE.md says why no library
 * does it. Thread-safe.
 */
final class WebpConverter {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** The most of what the program says that goes into a message. */
    private static final int LONGEST_MESSAGE = 200;

    private final String program;
    private final int quality;
    private final Semaphore atOnce;
    private final Duration longest;

    /**
     * @param program name or path of cwebp
     * @param quality 1 to 100
     * @param atOnce conversions at the same time; further ones wait
     */
    WebpConverter(String program, int quality, int atOnce) {
        this(program, quality, atOnce, LONGEST);
    }

    WebpConverter(String program, int quality, int atOnce, Duration longest) {
        this.program = Objects.requireNonNull(program, "program");
        this.quality = quality;
        this.atOnce = new Semaphore(atOnce);
        this.longest = longest;
    }

    /** @throws IllegalStateException if the program cannot be run */
    void requireProgram() {
        try {
            Process version = new ProcessBuilder(program, "-version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            version.getOutputStream().close();
            if (!version.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS) || version.exitValue() != 0) {
                version.destroyForcibly();
                throw missing(null);
            }
        } catch (IOException none) {
            throw missing(none);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw missing(stopped);
        }
    }

    private IllegalStateException missing(@Nullable Exception cause) {
        return new IllegalStateException(
                ("pawline.finalize.thumbnail-format is webp, and \"%s\" cannot be run. Install cwebp (Debian's package:"
                                + " webp), or name it in pawline.finalize.webp-program")
                        .formatted(program),
                cause);
    }

    /**
     * Returns the same picture as WebP.
     *
     * @throws IOException if the program cannot be run, refuses the picture, or takes too long
     * @throws InterruptedException if the thread is interrupted while it waits for its turn
     */
    byte[] convert(byte[] png) throws IOException, InterruptedException {
        atOnce.acquire();
        try {
            return run(png);
        } finally {
            atOnce.release();
        }
    }

    private byte[] run(byte[] png) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        program, "-quiet", "-q", Integer.toString(quality), "-metadata", "xmp", "-o", "-", "--", "-"))
                .start();
        // Ends the reads below. The process itself would close its streams under them
        ProcessHandle handle = process.toHandle();
        later().execute(handle::destroyForcibly);
        try (InputStream said = process.getErrorStream()) {
            String refusal = "";
            byte[] webp;
            // The program reads all before it writes
            try (OutputStream in = process.getOutputStream()) {
                in.write(png);
            } catch (IOException closed) {
                refusal = String.valueOf(closed.getMessage());
            }
            webp = process.getInputStream().readAllBytes();
            String message = new String(said.readNBytes(LONGEST_MESSAGE), StandardCharsets.UTF_8);
            process.onExit().join();
            if (process.exitValue() != 0 || webp.length == 0) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "cwebp ended with %d: %s",
                        process.exitValue(),
                        (message.isBlank() ? refusal : message).strip()));
            }
            return webp;
        }
    }

    private Executor later() {
        return CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
}
