package io.pawline.outbound.ark;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;

/** Reads the address of a picture in an answer. */
public final class PictureAddress {

    private PictureAddress() {}

    /**
     * Reads the address.
     *
     * @param found is given an http or https address with a host
     * @param malformed is given what the answer does instead of holding such an address
     */
    public static <T> T read(String text, Function<URI, T> found, Function<String, T> malformed) {
        try {
            URI address = new URI(text);
            boolean fetchable =
                    "https".equalsIgnoreCase(address.getScheme()) || "http".equalsIgnoreCase(address.getScheme());
            return fetchable && address.getHost() != null
                    ? found.apply(address)
                    : malformed.apply("holds an address that is not http or https");
        } catch (URISyntaxException unreadable) {
            return malformed.apply("holds an address that cannot be read");
        }
    }
}
