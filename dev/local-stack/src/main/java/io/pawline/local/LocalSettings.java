package io.pawline.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes the settings with which each service finds the local stack. For development only: its secrets are in the code.
 */
final class LocalSettings {

    static final String ARK_API_KEY = "simulator-ark-key";
    static final String ACCESS_KEY = "AKLTSIMULATOR";
    static final String SECRET_KEY = "simulator-secret-key";
    static final String WEBHOOK_MASTER_SECRET = "cGF3bGluZS1sb2NhbC1kZXZlbG9wbWVudC1tYXN0ZXI=";
    static final String WEBHOOK_SECRET = "whsec_cGF3bGluZS1sb2NhbC1kZXZlbG9wbWVudA==";

    /** The stages divide half of the one heap among themselves. Kafka and all else needs the rest. */
    private static final double MEMORY_SHARE = 0.5 / LocalServices.STAGES.size();

    private final LocalStack.Options options;
    private final Map<String, String> settings = new TreeMap<>();

    LocalSettings(LocalStack.Options options, String bootstrapServers, String databaseUrl, String registryUrl) {
        this.options = options;
        Ports ports = options.ports();
        settings.put("spring.kafka.bootstrap-servers", bootstrapServers);
        settings.put("spring.kafka.properties.schema.registry.url", registryUrl);
        settings.put("pawline.database.url", databaseUrl);
        settings.put("pawline.database.username", "postgres");
        settings.put("pawline.database.password", "postgres");
        settings.put("pawline.image-store.kind", "folder");
        settings.put(
                "pawline.image-store.folder", options.folder().resolve("images").toString());
        settings.put("pawline.image-store.public-base-url", "http://127.0.0.1:" + ports.ingest());
        settings.put("pawline.memory.share", Double.toString(MEMORY_SHARE));
        settings.put("pawline.outbound.allow", "127.0.0.0/8,localhost");
        settings.put("pawline.callback.master-secrets", WEBHOOK_MASTER_SECRET);
        settings.put("pawline.callback.secrets", WEBHOOK_SECRET);
        // No keys are required, because only this machine can connect
        settings.put("pawline.ingest.access.open", "true");
        settings.put("server.address", "127.0.0.1");
        settings.put("pawline.ingest.port", Integer.toString(ports.ingest()));
        settings.put("pawline.ops.port", Integer.toString(ports.ops()));
        settings.put("pawline.ops.open-access", "true");
        int place = 0;
        for (LocalServices.StageService service : LocalServices.STAGES) {
            settings.put("pawline." + service.prefix() + ".port", Integer.toString(ports.stage(place++)));
        }
        options.simulator().ifPresent(_ -> simulated("http://127.0.0.1:" + ports.simulator()));
        if (options.mattingModel() && options.standby()) {
            settings.put("pawline.matting.fallbacks.own-model.format", "pawline-matting");
            settings.put("pawline.matting.fallbacks.own-model.base-url", "http://127.0.0.1:" + ports.mattingModel());
        } else if (options.mattingModel()) {
            settings.put("pawline.matting.base-url", "http://127.0.0.1:" + ports.mattingModel());
            // matting-service wants keys; the model does not look at them
            settings.put("pawline.matting.access-key", ACCESS_KEY);
            settings.put("pawline.matting.secret-key", SECRET_KEY);
        }
    }

    private void simulated(String url) {
        settings.put("pawline.ark.base-url", url + "/api/v3");
        settings.put("pawline.ark.api-key", ARK_API_KEY);
        settings.put("pawline.matting.base-url", url);
        settings.put("pawline.matting.access-key", ACCESS_KEY);
        settings.put("pawline.matting.secret-key", SECRET_KEY);
        settings.put("pawline.ingest.default-callback-url", url + "/callbacks");
    }

    /** Writes the file anew. */
    Path write() {
        Path file = options.folder().resolve("local.properties");
        String lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining());
        try {
            // It has secrets: they are the user's own
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(
                    file, "# Written at each start of the local stack. For development only.\n" + lines);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("the settings cannot be written: " + file, unwritable);
        }
    }
}
