package io.pawline.images;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Says where and how one image can be sent. Whoever has the address may send it, so do not log it.
 *
 * @param url an address for a plain HTTP PUT
 * @param headers what the request must have besides its length, by their names
 * @param expiresAt the moment from which the address is no longer valid
 */
public record UploadAddress(URI url, Map<String, String> headers, Instant expiresAt) {
    public UploadAddress {
        Objects.requireNonNull(url, "url");
        headers = Map.copyOf(headers);
        Objects.requireNonNull(expiresAt, "expiresAt");
    }

    @Override
    public String toString() {
        return "UploadAddress[expiresAt=" + expiresAt + "]";
    }
}
