package io.pawline.outbound;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * Reads addresses as people and programs write them, as a browser does (<a href="https://url.spec.whatwg.org/">URL
 * standard</a>): a space, a Chinese character, {@code |} or {@code [} is percent-encoded, and a name with other letters
 * than ASCII gets its form for DNS. What is percent-encoded already stays as it is. Thread-safe.
 */
public final class BrowserUrl {

    private BrowserUrl() {}

    /**
     * The address as a URI of ASCII characters. White space around it does not count. Unlike a browser, this method takes
     * no control character, no half of a surrogate pair, and no address without {@code //} and a host.
     *
     * @return empty if the text is no absolute http or https address
     */
    public static Optional<URI> parse(String text) {
        // Removes control characters and spaces, as the standard does
        String trimmed = text.trim();
        if (!hasAuthority(trimmed.toLowerCase(Locale.ROOT))
                || trimmed.codePoints().anyMatch(BrowserUrl::isForbidden)) {
            return Optional.empty();
        }
        // OkHttp leaves a fragment as it is, because nobody sends it
        return Optional.ofNullable(HttpUrl.parse(trimmed))
                .map(url -> URI.create(url.uri().toASCIIString()));
    }

    /** OkHttp takes {@code http:host} and {@code http:///host}, too. Who writes so has forgotten something. */
    private static boolean hasAuthority(String text) {
        int authority = text.startsWith("http://") ? 7 : text.startsWith("https://") ? 8 : text.length();
        return authority < text.length() && "/\\?#".indexOf(text.charAt(authority)) < 0;
    }

    private static boolean isForbidden(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL || type == Character.SURROGATE;
    }
}
