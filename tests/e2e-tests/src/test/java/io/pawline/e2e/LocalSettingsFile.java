package io.pawline.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** Reads the settings that a local stack writes for its services. */
record LocalSettingsFile(Properties settings) {

    /** The settings of the stack with this data folder. */
    static LocalSettingsFile in(Path data) throws IOException {
        Properties settings = new Properties();
        try (var lines = Files.newBufferedReader(data.resolve("local.properties"))) {
            settings.load(lines);
        }
        return new LocalSettingsFile(settings);
    }

    String get(String name) {
        return settings.getProperty(name);
    }

    /** The settings with which clients find Kafka. */
    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", get("spring.kafka.bootstrap-servers"));
    }

    double memoryShare() {
        return Double.parseDouble(get("pawline.memory.share"));
    }

    String webhookSecret() {
        return get("pawline.callback.secrets");
    }
}
