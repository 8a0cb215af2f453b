package io.pawline.callback;

import io.pawline.outbound.webhook.WebhookProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ClassPathResource;

/** Reads the settings as the service does. */
final class TestingSettings {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final String OLDER_SECRET = "whsec_" + "QUJD".repeat(8);

    private TestingSettings() {}

    /** @param given settings under {@code pawline.callback} */
    static CallbackProperties with(Map<String, Object> given) {
        return bind(given, CallbackProperties.class);
    }

    /** @param given settings under {@code pawline.callback}; two secrets are added */
    static WebhookProperties webhooks(Map<String, Object> given) {
        Map<String, Object> all = new HashMap<>(Map.of("secrets", SECRET + "," + OLDER_SECRET));
        all.putAll(given);
        return bind(all, WebhookProperties.class);
    }

    private static <T> T bind(Map<String, Object> given, Class<T> type) {
        Map<String, Object> named = new HashMap<>();
        given.forEach((name, value) -> named.put("pawline.callback." + name, value));
        MutablePropertySources sources = new MutablePropertySources();
        sources.addLast(new MapPropertySource("given", named));
        try {
            new YamlPropertySourceLoader()
                    .load("service", new ClassPathResource("callback-service.yaml"))
                    .forEach(sources::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Binder(ConfigurationPropertySources.from(sources)).bindOrCreate("pawline.callback", type);
    }
}
