package io.pawline.e2e;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One setting of Pawline, as Spring's configuration processor has written it down while a module was compiled.
 *
 * @param sourceType name of the record that it is bound to
 * @param byDefault null: there is none
 */
record Setting(
        String name,
        String type,
        String sourceType,
        @Nullable String byDefault,
        String description) {

    private static final Pattern OF_A_STAGE = Pattern.compile("pawline\\.([a-z]+)\\.stage\\..+");
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** Every {@code pawline.*} setting of every module on the class path, by name. */
    static List<Setting> all() {
        List<Setting> settings = new ArrayList<>();
        try {
            for (URL url : Collections.list(Setting.class.getClassLoader().getResources(METADATA))) {
                read(url).path("properties").forEach(property -> settings.add(of(property)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return settings.stream()
                .filter(setting -> setting.name.startsWith("pawline."))
                .sorted(Comparator.comparing(Setting::name))
                .distinct()
                .toList();
    }

    /** The first two parts of the name, {@code pawline.detect}; the first one where there are no three. */
    String group() {
        int end = name.indexOf('.', "pawline.".length());
        return end < 0 ? "pawline" : name.substring(0, end);
    }

    /** The stage whose {@code pawline.<stage>.stage.*} it is one of. */
    Optional<String> stage() {
        Matcher matcher = OF_A_STAGE.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The last part of the name. */
    String shortName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The default, or whether the setting must be given. */
    String defaultForPeople() {
        if (byDefault != null) {
            return byDefault.isEmpty() ? "empty" : "`" + byDefault + "`";
        }
        Parameter parameter = parameter();
        if (parameter.isAnnotationPresent(DefaultValue.class)) {
            return "empty";
        }
        return parameter.getAnnotatedType().isAnnotationPresent(Nullable.class) ? "none" : "**required**";
    }

    /** What can be written as its value. */
    String typeForPeople() {
        return switch (type) {
            case "java.lang.String" -> "text";
            case "java.time.Duration" -> "duration";
            case "java.time.ZoneId" -> "time zone";
            case "org.springframework.util.unit.DataSize" -> "size";
            case "java.net.URI" -> "URL";
            case "java.nio.file.Path" -> "path";
            case "java.lang.Integer", "java.lang.Long" -> "whole number";
            case "java.lang.Double", "java.math.BigDecimal" -> "number";
            case "java.lang.Boolean" -> "`true`, `false`";
            case "java.util.List<java.lang.String>" -> "list of texts";
            case "java.util.List<java.lang.Double>" -> "list of numbers";
            case "java.util.List<java.lang.Integer>" -> "list of whole numbers";
            case "java.util.List<java.net.URI>" -> "list of URLs";
            case "java.util.List<java.time.Duration>" -> "list of durations";
            case "java.util.Map<java.lang.String,java.util.List<java.lang.String>>" -> "lists of texts by name";
            case "java.util.Map<java.lang.String,java.math.BigDecimal>",
                    "java.util.Map<java.lang.String,java.lang.Double>" -> "numbers by name";
            default ->
                type.startsWith("java.util.Map<java.lang.String,io.pawline.") ? "settings by name" : constantsOf(type);
        };
    }

    private static String constantsOf(String type) {
        Object[] constants = classOf(type).getEnumConstants();
        if (constants == null) {
            throw new IllegalStateException(
                    "%s is no type of a value. A record of settings needs @NestedConfigurationProperty where it is used, and"
                                    .formatted(type)
                            + " @ConfigurationPropertiesSource if it is of another module; for a new type of values, say in"
                            + " Setting.typeForPeople() how people call it");
        }
        return Arrays.stream(constants)
                .map(constant ->
                        "`" + constant.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                .collect(joining(", "));
    }

    /** What the setting is in the constructor that binds it. */
    private Parameter parameter() {
        String component = shortName().replace("-", "");
        return Arrays.stream(classOf(sourceType).getDeclaredConstructors())
                .flatMap(constructor -> Arrays.stream(constructor.getParameters()))
                .filter(parameter -> parameter.getName().equalsIgnoreCase(component))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(sourceType + " has no parameter for " + name));
    }

    private static Class<?> classOf(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the metadata names a class that is not there: " + name, e);
        }
    }

    private static Setting of(JsonNode property) {
        return new Setting(
                property.path("name").asString(),
                property.path("type").asString(),
                property.path("sourceType").asString(),
                property.has("defaultValue") ? textOf(property.path("defaultValue")) : null,
                markdownOf(property.path("description").asStringOpt().orElseGet(() -> describedAtSource(property))));
    }

    /**
     * The description of a setting whose record is of another module. The processor takes it over from that module's
     * classes, but not from its jar: javac's file manager does not look into META-INF there.
     */
    private static String describedAtSource(JsonNode property) {
        URL source = Setting.class
                .getClassLoader()
                .getResource("META-INF/spring/configuration-metadata/"
                        + property.path("sourceType").asString() + ".json");
        if (source == null) {
            return "";
        }
        String name = property.path("name").asString();
        try {
            return read(source)
                    .path("properties")
                    .valueStream()
                    .filter(candidate ->
                            name.endsWith("." + candidate.path("name").asString()))
                    .map(candidate -> candidate.path("description").asString(""))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String textOf(JsonNode value) {
        return value.isArray() ? value.valueStream().map(JsonNode::asString).collect(joining(",")) : value.asString();
    }

    /** Javadoc's inline tags as Markdown. */
    private static String markdownOf(String javadoc) {
        return javadoc.replaceAll("\\{@(?:code|link|linkplain)\\s+#?((?:[^{}]|\\{[^{}]*})*)}", "`$1`");
    }

    private static JsonNode read(URL url) throws IOException {
        try (InputStream json = url.openStream()) {
            return JsonMapper.shared().readTree(json);
        }
    }
}
