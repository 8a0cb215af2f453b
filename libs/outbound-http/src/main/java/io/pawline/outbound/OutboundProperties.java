package io.pawline.outbound;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits for calls to addresses from outside (photos, results, callbacks): {@code pawline.outbound.*}.
 *
 * @param allow Host names, addresses and address ranges (CIDR) that may be called although they are not public. It is
 *     for development and tests.
 * @param connectTimeout Longest time for one connection to such an address.
 * @param fetchTimeout Longest time for the fetch of one photo or picture, redirects included.
 * @param maxRedirects Most redirects during the fetch of one image, 0 or more.
 * @param maxImageSize Most bytes of a picture that a provider made, more than 0. Photos have {@code pawline.photo.max-size}.
 * @param maxImagePixels Most pixels (width times height) of such a picture, more than 0.
 * @param keepAlive How long an idle connection is kept for the next call. It holds for providers too. Make it
 *     shorter than the servers do, of which Node.js closes after 5 s. Then few calls meet a connection that is just
 *     being closed.
 */
@ConfigurationProperties("pawline.outbound")
public record OutboundProperties(
        @DefaultValue List<String> allow,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration fetchTimeout,
        @DefaultValue("3") int maxRedirects,
        @DefaultValue("10MB") DataSize maxImageSize,
        @DefaultValue("36000000") long maxImagePixels,
        @DefaultValue("4s") Duration keepAlive) {

    public OutboundProperties {
        allow = List.copyOf(allow);
        AllowList.parse(allow);
        new Timeouts(connectTimeout, fetchTimeout);
        if (maxRedirects < 0) {
            throw new IllegalArgumentException("pawline.outbound.max-redirects must be >= 0, was " + maxRedirects);
        }
        new DataLimit(maxImageSize.toBytes());
        if (maxImagePixels < 1) {
            throw new IllegalArgumentException("pawline.outbound.max-image-pixels must be > 0, was " + maxImagePixels);
        }
        if (keepAlive.toMillis() < 1) {
            throw new IllegalArgumentException("pawline.outbound.keep-alive must be > 0, was " + keepAlive);
        }
    }

    /** The defaults, and these hosts, addresses and ranges may be called although they are not public. */
    public static OutboundProperties allowing(String... allow) {
        return new OutboundProperties(
                List.of(allow),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                3,
                DataSize.ofMegabytes(10),
                36_000_000,
                Duration.ofSeconds(4));
    }
}
