package io.pawline.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ImageStorePropertiesTest {

    private static final Map<String, String> FOLDER =
            Map.of("folder", "/var/lib/pawline", "public-base-url", "http://localhost:8080");
    private static final Map<String, String> S3 = Map.of("kind", "s3", "s3.bucket", "pets");

    @Test
    void isAFolderByDefault() {
        ImageStoreProperties properties = bind(FOLDER);

        assertThat(properties.kind()).isEqualTo(ImageStoreProperties.Kind.FOLDER);
        assertThat(properties.folder()).isEqualTo(Path.of("/var/lib/pawline"));
        assertThat(properties.publicBaseUrl()).isEqualTo(URI.create("http://localhost:8080"));
    }

    @Test
    void needsOnlyABucketForS3() {
        assertThat(bind(S3).s3())
                .isEqualTo(new ImageStoreProperties.S3(
                        null,
                        null,
                        "us-east-1",
                        "pets",
                        null,
                        null,
                        false,
                        Duration.ofHours(24),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15)));
    }

    @Test
    void takesEverySettingOfS3() {
        ImageStoreProperties properties = bind(Map.ofEntries(
                Map.entry("kind", "s3"),
                Map.entry("public-base-url", "https://cdn.example"),
                Map.entry("s3.endpoint", "http://store:9000"),
                Map.entry("s3.public-endpoint", "https://images.example"),
                Map.entry("s3.region", "cn-beijing"),
                Map.entry("s3.bucket", "pets"),
                Map.entry("s3.access-key", "access"),
                Map.entry("s3.secret-key", "secret"),
                Map.entry("s3.path-style", "true"),
                Map.entry("s3.url-expiry", "10m"),
                Map.entry("s3.connect-timeout", "500ms"),
                Map.entry("s3.call-timeout", "3s")));

        assertThat(properties)
                .isEqualTo(new ImageStoreProperties(
                        ImageStoreProperties.Kind.S3,
                        null,
                        URI.create("https://cdn.example"),
                        new ImageStoreProperties.S3(
                                URI.create("http://store:9000"),
                                URI.create("https://images.example"),
                                "cn-beijing",
                                "pets",
                                "access",
                                "secret",
                                true,
                                Duration.ofMinutes(10),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(3))));
    }

    @Test
    void namesTheSettingThatIsMissing() {
        assertRefused(Map.of(), "pawline.image-store.folder is required");
        assertRefused(Map.of("folder", "images"), "pawline.image-store.public-base-url is required");
        assertRefused(Map.of("kind", "s3"), "pawline.image-store.s3.bucket is required");
        assertRefused(Map.of("kind", "s3", "s3.bucket", " "), "pawline.image-store.s3.bucket is required");
    }

    @Test
    void namesTheSettingThatIsWrong() {
        assertRefused(
                with(FOLDER, "public-base-url", "localhost:8080"), "public-base-url must be an http or https URL");
        assertRefused(with(S3, "s3.endpoint", "ftp://store"), "s3.endpoint must be an http or https URL");
        assertRefused(with(S3, "s3.access-key", "access"), "s3.secret-key belong together");
        assertRefused(with(S3, "s3.url-expiry", "8d"), "s3.url-expiry must be from 1 second to 7 days");
        assertRefused(with(S3, "s3.call-timeout", "0s"), "s3.call-timeout must be > 0");
    }

    @Test
    void hidesTheSecret() {
        ImageStoreProperties properties =
                bind(with(with(S3, "s3.secret-key", "dont-tell"), "s3.access-key", "nor-this"));

        assertThat(properties.toString()).contains("pets").doesNotContain("dont-tell", "nor-this");
    }

    @Test
    void opensTheStoreThatTheSettingsName(@TempDir Path folder) {
        assertThat(ImageStores.open(bind(with(FOLDER, "folder", folder.toString()))))
                .isInstanceOf(FolderImageStore.class);
        assertThat(ImageStores.open(bind(S3))).isInstanceOfSatisfying(S3ImageStore.class, S3ImageStore::close);
    }

    private static void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> bind(settings))
                .isInstanceOf(BindException.class)
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .rootCause()
                .hasMessageContaining(message);
    }

    private static ImageStoreProperties bind(Map<String, String> settings) {
        Map<String, String> prefixed = new HashMap<>();
        settings.forEach((name, value) -> prefixed.put("pawline.image-store." + name, value));
        return new Binder(new MapConfigurationPropertySource(prefixed))
                .bindOrCreate("pawline.image-store", ImageStoreProperties.class);
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        Map<String, String> more = new HashMap<>(settings);
        more.put(name, value);
        return more;
    }
}
