package io.pawline.cli.connection;

import java.util.Map;
import java.util.Optional;

/**
 * Is one of the providers that a stage calls if the first one is not, with the settings that the services have of it.
 *
 * @param name of the provider, as its settings write it
 * @param settings by their names without dashes, such as {@code baseurl}; secrets among them
 */
public record FallbackSettings(String name, Map<String, String> settings) {

    public FallbackSettings {
        settings = Map.copyOf(settings);
    }

    /** Returns one of its settings, if it is there. */
    public Optional<String> setting(String setting) {
        return Optional.ofNullable(settings.get(setting.replace("-", "")));
    }

    /** Returns its name alone: settings may be secrets. */
    @Override
    public String toString() {
        return name;
    }
}
