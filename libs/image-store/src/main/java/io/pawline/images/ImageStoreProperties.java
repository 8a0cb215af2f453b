package io.pawline.images;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the images are: {@code pawline.image-store.*}.
 *
 * @param kind what keeps the images
 * @param folder where a folder store keeps its files; required for it
 * @param publicBaseUrl where images are read from outside. For a folder: the address of ingest-service, required. For S3:
 *     the address of the bucket's public front (a CDN, say); without it, addresses are presigned
 */
@ConfigurationProperties("pawline.image-store")
public record ImageStoreProperties(
        @DefaultValue("folder") Kind kind,
        @Nullable Path folder,
        @Nullable URI publicBaseUrl,
        @DefaultValue S3 s3) {

    private static final String PREFIX = "pawline.image-store.";

    /** What keeps the images. */
    public enum Kind {
        /** A folder of this machine, for a laptop. */
        FOLDER,
        /** An S3-compatible store. */
        S3
    }

    public ImageStoreProperties {
        checkUrl("public-base-url", publicBaseUrl);
        switch (kind) {
            case FOLDER -> {
                require("folder", folder, "the folder that the images are kept in");
                require("public-base-url", publicBaseUrl, "the address that ingest-service is reached at");
            }
            case S3 -> require("s3.bucket", s3.bucket, "the bucket that the images are kept in");
        }
    }

    /**
     * How an S3-compatible store is reached: {@code pawline.image-store.s3.*}.
     *
     * @param endpoint the store's address; without it, Amazon's of the region
     * @param publicEndpoint the address that presigned URLs lead to, where it is another from outside
     * @param region as the signature has it
     * @param bucket required
     * @param accessKey without it and {@code secretKey}, the SDK's default chain looks for credentials: environment,
     *     profile, role
     * @param secretKey belongs to {@code accessKey}
     * @param pathStyle whether the bucket is named in the path and not in the host, as many compatible stores want it
     * @param urlExpiry how long a presigned URL is good for, from 1 second to 7 days
     * @param connectTimeout longest wait for a connection, more than 0
     * @param callTimeout longest time of one read or write with all that it takes, more than 0
     */
    public record S3(
            @Nullable URI endpoint,
            @Nullable URI publicEndpoint,
            @DefaultValue("us-east-1") String region,
            @Nullable String bucket,
            @Nullable String accessKey,
            @Nullable String secretKey,
            @DefaultValue("false") boolean pathStyle,
            @DefaultValue("24h") Duration urlExpiry,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("15s") Duration callTimeout) {

        private static final Duration LONGEST_EXPIRY = Duration.ofDays(7);

        public S3 {
            // An environment variable that is set but empty binds as an empty text
            bucket = blankToNull(bucket);
            accessKey = blankToNull(accessKey);
            secretKey = blankToNull(secretKey);
            checkUrl("s3.endpoint", endpoint);
            checkUrl("s3.public-endpoint", publicEndpoint);
            if ((accessKey == null) != (secretKey == null)) {
                throw new IllegalArgumentException(
                        "%ss3.access-key and %ss3.secret-key belong together: set both or none"
                                .formatted(PREFIX, PREFIX));
            }
            if (urlExpiry.toSeconds() < 1 || urlExpiry.compareTo(LONGEST_EXPIRY) > 0) {
                throw new IllegalArgumentException(
                        PREFIX + "s3.url-expiry must be from 1 second to 7 days, was " + urlExpiry);
            }
            checkPositive("s3.connect-timeout", connectTimeout);
            checkPositive("s3.call-timeout", callTimeout);
        }

        @Override
        public String toString() {
            return "S3[endpoint=%s, publicEndpoint=%s, region=%s, bucket=%s, accessKey=%s, pathStyle=%s, urlExpiry=%s]"
                    .formatted(
                            endpoint,
                            publicEndpoint,
                            region,
                            bucket,
                            accessKey == null ? "from the default chain" : "set",
                            pathStyle,
                            urlExpiry);
        }
    }

    private static void require(String name, @Nullable Object value, String meaning) {
        if (value == null) {
            throw new IllegalArgumentException("%s%s is required: %s".formatted(PREFIX, name, meaning));
        }
    }

    private static void checkUrl(String name, @Nullable URI url) {
        if (url != null
                && (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme())))) {
            throw new IllegalArgumentException(
                    "%s%s must be an http or https URL, was %s".formatted(PREFIX, name, url));
        }
    }

    private static void checkPositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("%s%s must be > 0, was %s".formatted(PREFIX, name, value));
        }
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
