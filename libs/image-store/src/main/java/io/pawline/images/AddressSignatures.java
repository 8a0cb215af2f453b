package io.pawline.images;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Signs the addresses of the images in a folder, and checks them: HMAC-SHA256 of the method, the key and the moment of
 * expiry, and for a direct upload of its media type and length. The secret is in the folder itself, where every process
 * that uses the folder finds it, and nobody else. If the file is deleted, the next start makes another secret, and the
 * addresses made before are no longer valid. Thread-safe.
 */
public final class AddressSignatures {

    /** What is wrong with an address. */
    public enum Verdict {
        VALID,
        EXPIRED,
        /** The address was not made by this store. */
        FORGED
    }

    // No segment of a key starts with a dot, so no key leads here
    private static final String SECRET_FILE = ".address-secret";

    private static final int SECRET_BYTES = 32;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}");

    private final UrlSignature signature;

    private AddressSignatures(byte[] secret) {
        this.signature = new UrlSignature(secret);
    }

    /**
     * The signatures of the images in this folder. The first process that asks makes the secret.
     *
     * @throws ImageStoreException if the secret cannot be read or made
     */
    public static AddressSignatures ofFolder(Path folder) {
        Path file = folder.resolve(SECRET_FILE);
        try {
            if (!Files.exists(file)) {
                make(folder, file);
            }
            byte[] secret = Files.readAllBytes(file);
            if (secret.length != SECRET_BYTES) {
                throw new IOException(
                        "the file %s has %d bytes instead of %d".formatted(file, secret.length, SECRET_BYTES));
            }
            return new AddressSignatures(secret);
        } catch (IOException e) {
            throw new ImageStoreException("the secret for the addresses of the images cannot be had", e);
        }
    }

    /** Writes the file aside and links it to its place, so that of several processes one succeeds, and as a whole. */
    private static void make(Path folder, Path file) throws IOException {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        Files.createDirectories(folder);
        Path aside = folder.resolve(SECRET_FILE + "-" + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(aside, CREATE_NEW, WRITE)) {
                channel.write(ByteBuffer.wrap(secret));
                channel.force(true);
            }
            if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rw-r-----"));
            }
            place(aside, file);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void place(Path aside, Path file) throws IOException {
        try {
            Files.createLink(file, aside);
        } catch (FileAlreadyExistsException another) {
            // another process was first, and its secret counts
        } catch (UnsupportedOperationException noLinks) {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The query of an address that an image is read from until this moment. */
    String query(ImageKey key, Instant expiresAt) {
        String expires = Long.toString(expiresAt.getEpochSecond());
        return "expires=%s&signature=%s".formatted(expires, signature.of(read(key, expires)));
    }

    /** The query of an address that an image is sent to until this moment. */
    String uploadQuery(ImageKey key, String contentType, long length, Instant expiresAt) {
        String bytes = Long.toString(length);
        String expires = Long.toString(expiresAt.getEpochSecond());
        return "type=%s&length=%s&expires=%s&signature=%s"
                .formatted(
                        URLEncoder.encode(contentType, StandardCharsets.UTF_8),
                        bytes,
                        expires,
                        signature.of(upload(key, contentType, bytes, expires)));
    }

    /**
     * Judges an address that an image is read from.
     *
     * @param expires its parameter {@code expires}; null: it has none
     * @param signature its parameter {@code signature}; null: it has none
     */
    public Verdict verdict(ImageKey key, @Nullable String expires, @Nullable String signature, Instant now) {
        return expires == null || !NUMBER.matcher(expires).matches()
                ? Verdict.FORGED
                : verdict(read(key, expires), expires, signature, now);
    }

    /**
     * Judges an address that an image is sent to.
     *
     * @param contentType its parameter {@code type}; null: it has none
     * @param length its parameter {@code length}; null: it has none. Of a valid address, it is a number
     * @param expires its parameter {@code expires}; null: it has none
     * @param signature its parameter {@code signature}; null: it has none
     */
    public Verdict uploadVerdict(
            ImageKey key,
            @Nullable String contentType,
            @Nullable String length,
            @Nullable String expires,
            @Nullable String signature,
            Instant now) {
        return contentType == null
                        || length == null
                        || expires == null
                        || !NUMBER.matcher(length).matches()
                        || !NUMBER.matcher(expires).matches()
                ? Verdict.FORGED
                : verdict(upload(key, contentType, length, expires), expires, signature, now);
    }

    private Verdict verdict(String claims, String expires, @Nullable String given, Instant now) {
        if (given == null || !signature.isOf(claims, given)) {
            return Verdict.FORGED;
        }
        return now.getEpochSecond() < Long.parseLong(expires) ? Verdict.VALID : Verdict.EXPIRED;
    }

    private static String read(ImageKey key, String expires) {
        return "GET\n%s\n%s".formatted(key.value(), expires);
    }

    private static String upload(ImageKey key, String contentType, String length, String expires) {
        return "PUT\n%s\n%s\n%s\n%s".formatted(key.value(), contentType, length, expires);
    }
}
