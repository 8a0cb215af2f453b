package io.pawline.cli.connection;

import io.pawline.images.ImageStoreProperties;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Names the image store by options. The environment variables are the services' own, keys included. */
public final class ImageStoreOptions {

    private static final String PREFIX = "PAWLINE_IMAGESTORE_";
    private static final URI NOWHERE = URI.create("http://localhost");
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration CALL = Duration.ofSeconds(15);

    private final Environment environment;

    @Option(
            names = "--image-folder",
            paramLabel = "DIR",
            description = "The services' pawline.image-store.folder (default: PAWLINE_IMAGESTORE_FOLDER, else the local"
                    + " stack's).")
    private @Nullable Path folder;

    @Option(
            names = "--s3-bucket",
            paramLabel = "NAME",
            description =
                    "The bucket of an S3-compatible store, instead of a folder (default: PAWLINE_IMAGESTORE_S3_BUCKET)."
                            + " Its keys are taken from PAWLINE_IMAGESTORE_S3_ACCESSKEY and PAWLINE_IMAGESTORE_S3_SECRETKEY, or"
                            + " from where Amazon's tools look for them.")
    private @Nullable String bucket;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "Address of the store (default: PAWLINE_IMAGESTORE_S3_ENDPOINT, else Amazon's).")
    private @Nullable URI endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "NAME",
            description = "Region in the signature (default: PAWLINE_IMAGESTORE_S3_REGION, else us-east-1).")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = "Name the bucket in the path and not in the host (default: PAWLINE_IMAGESTORE_S3_PATHSTYLE).")
    private boolean pathStyle;

    /** Makes options whose defaults come from this environment. */
    public ImageStoreOptions(Environment environment) {
        this.environment = environment;
    }

    /** Returns the store that is named, or else the local stack's; empty if there is none. */
    public Optional<ImageStoreProperties> properties(LocalStackFolder localStack) {
        Optional<String> inBucket = Optional.ofNullable(bucket).or(() -> variable("S3_BUCKET"));
        if (inBucket.isPresent() && folder != null) {
            throw new IllegalStateException("--image-folder and a bucket are both named: leave out one");
        }
        if (inBucket.isPresent()) {
            return Optional.of(new ImageStoreProperties(ImageStoreProperties.Kind.S3, null, null, s3(inBucket.get())));
        }
        return Optional.ofNullable(folder)
                .or(() -> variable("FOLDER").map(Path::of))
                .or(() -> localStack.setting("pawline.image-store.folder").map(Path::of))
                .map(path -> new ImageStoreProperties(ImageStoreProperties.Kind.FOLDER, path, NOWHERE, s3("none")));
    }

    private ImageStoreProperties.S3 s3(String name) {
        return new ImageStoreProperties.S3(
                Optional.ofNullable(endpoint)
                        .or(() -> variable("S3_ENDPOINT").map(URI::create))
                        .orElse(null),
                null,
                Optional.ofNullable(region).or(() -> variable("S3_REGION")).orElse("us-east-1"),
                name,
                environment.secret(PREFIX + "S3_ACCESSKEY").orElse(null),
                environment.secret(PREFIX + "S3_SECRETKEY").orElse(null),
                pathStyle || variable("S3_PATHSTYLE").map(Boolean::parseBoolean).orElse(false),
                Duration.ofMinutes(1),
                CONNECT,
                CALL);
    }

    private Optional<String> variable(String name) {
        return environment.value(PREFIX + name);
    }
}
