package io.pawline.service;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads files of settings as Spring does, and names the file and the line if one cannot be read. Spring alone names
 * neither, and shows the line itself, which may have a secret.
 */
abstract class SettingsFileLoader implements PropertySourceLoader {

    private final PropertySourceLoader loader;

    private SettingsFileLoader(PropertySourceLoader loader) {
        this.loader = loader;
    }

    /** Reads YAML. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Yaml extends SettingsFileLoader {

        /** Spring's name of what is no map of settings, and so sets nothing. */
        private static final String NO_MAP = "document";

        Yaml() {
            super(new YamlPropertySourceLoader());
        }

        @Override
        public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
            List<PropertySource<?>> loaded = super.load(name, resource);
            if (loaded.stream().anyMatch(Yaml::isNoMap)) {
                throw new UnreadableSettingsException(
                        resource.getDescription(), "it has no names with values, as \"name: value\"");
            }
            return loaded;
        }

        private static boolean isNoMap(PropertySource<?> source) {
            return source instanceof EnumerablePropertySource<?> settings
                    && Arrays.stream(settings.getPropertyNames())
                            .anyMatch(name -> name.equals(NO_MAP) || name.startsWith(NO_MAP + "["));
        }
    }

    /** Reads Java properties. */
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static final class Properties extends SettingsFileLoader {
        Properties() {
            super(new PropertiesPropertySourceLoader());
        }
    }

    @Override
    public String[] getFileExtensions() {
        return loader.getFileExtensions();
    }

    @Override
    public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
        try {
            return loader.load(name, resource);
        } catch (MarkedYAMLException broken) {
            throw new UnreadableSettingsException(
                    resource.getDescription(),
                    "%s%s: %s"
                            .formatted(
                                    place(broken.getProblemMark()),
                                    broken.getContext() == null ? "" : " " + broken.getContext(),
                                    broken.getProblem()));
        } catch (YAMLException | IllegalStateException | IllegalArgumentException broken) {
            throw new UnreadableSettingsException(resource.getDescription(), String.valueOf(broken.getMessage()));
        }
    }

    private static String place(@Nullable Mark mark) {
        return mark == null ? "" : "line %d, column %d:".formatted(mark.getLine() + 1, mark.getColumn() + 1);
    }
}
