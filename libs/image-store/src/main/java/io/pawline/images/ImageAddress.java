package io.pawline.images;

import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says where an image can be read. The address is as secret as the image, so do not log it.
 *
 * @param url an address for a plain HTTP GET by anybody who has it
 * @param expiresAt the moment from which it is no longer valid; null: it does not expire
 */
public record ImageAddress(URI url, @Nullable Instant expiresAt) {
    public ImageAddress {
        Objects.requireNonNull(url, "url");
    }
}
