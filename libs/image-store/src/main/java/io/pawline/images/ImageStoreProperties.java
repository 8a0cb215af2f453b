package io.pawline.images;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the image store: {@code pawline.image-store.*}.
 *
 * @param kind Kind of the store that keeps the images.
 * @param folder Folder that a store of kind {@code folder} keeps its files in. That kind requires it.
 * @param publicBaseUrl Address that images are read from outside. Kind {@code folder} requires it: it is the address of
 *     ingest-service. For kind {@code s3} it is the public address of the bucket, for example of a CDN. Without it, the
 *     addresses are presigned.
 * @param s3 The settings of an S3-compatible store.
 * @param urlExpiry How long the address of an image in a folder is valid at least, from 1 second to 7 days. For kind
 *     {@code s3}, {@code s3.url-expiry} says it.
 */
@ConfigurationProperties("pawline.image-store")
public record ImageStoreProperties(
        @DefaultValue("folder") Kind kind,
        @Nullable Path folder,
        @Nullable URI publicBaseUrl,
        @DefaultValue S3 s3,
        @DefaultValue("24h") Duration urlExpiry) {

    private static final String PREFIX = "pawline.image-store.";
    private static final Duration USUAL_EXPIRY = Duration.ofHours(24);
    private static final Duration LONGEST_EXPIRY = Duration.ofDays(7);

    /** The kind of the store. */
    public enum Kind {
        /** A folder of this machine, for a laptop. */
        FOLDER,
        /** An S3-compatible store. */
        S3
    }

    @ConstructorBinding
    public ImageStoreProperties {
        checkUrl("public-base-url", publicBaseUrl);
        checkExpiry("url-expiry", urlExpiry);
        switch (kind) {
            case FOLDER -> {
                require("folder", folder, "the folder that the images are kept in");
                require("public-base-url", publicBaseUrl, "the address that ingest-service is reached at");
            }
            case S3 -> require("s3.bucket", s3.bucket, "the bucket that the images are kept in");
        }
    }

    /** The addresses of images in a folder are valid for the usual time. */
    public ImageStoreProperties(Kind kind, @Nullable Path folder, @Nullable URI publicBaseUrl, S3 s3) {
        this(kind, folder, publicBaseUrl, s3, USUAL_EXPIRY);
    }

    /**
     * The settings of an S3-compatible store: {@code pawline.image-store.s3.*}.
     *
     * @param endpoint Address of the store. Without it, the store is Amazon S3 in the region.
     * @param publicEndpoint Address in presigned URLs, if it is another one from outside.
     * @param region Region in the signature.
     * @param bucket Name of the bucket. Kind {@code s3} requires it.
     * @param accessKey Access key. Without it and {@code secret-key}, the default chain of the SDK looks for
     *     credentials in the environment, the profile and the role.
     * @param secretKey Secret key that belongs to {@code access-key}.
     * @param pathStyle Whether the bucket's name is in the path of an address instead of the host. Many compatible
     *     stores need it.
     * @param urlExpiry How long a presigned URL is valid, from 1 second to 7 days.
     * @param connectTimeout Longest time for a connection, more than 0.
     * @param callTimeout Longest time for one read or write, repetitions included, more than 0.
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
            checkExpiry("s3.url-expiry", urlExpiry);
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

    private static void checkExpiry(String name, Duration expiry) {
        if (expiry.toSeconds() < 1 || expiry.compareTo(LONGEST_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "%s%s must be from 1 second to 7 days, was %s".formatted(PREFIX, name, expiry));
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
