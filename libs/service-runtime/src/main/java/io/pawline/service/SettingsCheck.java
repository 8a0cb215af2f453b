package io.pawline.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Ends the start of a service if a setting has a name that nothing reads, before anything is connected. Without this, a
 * typing error has no effect, and nobody notices.
 *
 * <p>Services share files of settings. So names under another service's own name are left to that service, and so are
 * those of a library that this service does not use. Environment variables and system properties of other programs begin
 * with {@code pawline} as well: of them, only those are checked whose group of settings the service binds.
 */
public final class SettingsCheck implements BeanFactoryPostProcessor {

    /** What follows {@code pawline.} in the names of settings of any service, except the services' own names. */
    public static final Set<String> LIBRARIES = Set.of(
            "instance-id",
            "topic-prefix",
            "tracing",
            "database",
            "image-store",
            "label",
            "memory",
            "fairness",
            "budget",
            "photo",
            "outbound",
            "ark",
            "setup");

    /** The groups of settings that are one service's own, by the name of the service. */
    public static final Set<String> SERVICES =
            Set.of("ingest", "detect", "generate", "matting", "finalize", "callback", "ops", "matting-model");

    private static final ConfigurationPropertyName PAWLINE = ConfigurationPropertyName.of("pawline");

    /** The command line's variables with names like those of settings. */
    private static final Set<String> COMMAND_LINE = Set.of("PAWLINE_INGEST_URL", "PAWLINE_OPS_URL");

    /** What Kubernetes tells a pod of the services in its namespace, and the command line's files with secrets. */
    private static final Pattern NOT_OURS = Pattern.compile(
            "PAWLINE_.*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\\d+_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?|FILE)");

    private final Environment environment;
    private final String service;

    /** @param name of the service, such as {@code ingest-service} */
    SettingsCheck(Environment environment, String name) {
        this.environment = environment;
        this.service = name.replaceFirst("-service$", "");
    }

    /** @throws UnknownSettingsException if there are settings with unknown names */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        SettingNames known = known(beans);
        List<String> unknown = new ArrayList<>();
        Set<Object> found = new HashSet<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
                Arrays.stream(variables.getPropertyNames())
                        .filter(variable -> isUnknown(variable, known) && found.add(variable))
                        .forEach(variable -> unknown.add(inWords(variable, known)));
            } else if (source instanceof IterableConfigurationPropertySource settings) {
                boolean others = source.getUnderlyingSource() instanceof PropertiesPropertySource;
                settings.stream()
                        .filter(name -> PAWLINE.isAncestorOf(name) && isUnknown(name, known, others) && found.add(name))
                        .forEach(name -> unknown.add(inWords(source.getConfigurationProperty(name), name, known)));
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnknownSettingsException(unknown);
        }
    }

    /** The names that the records of this service bind. Nothing is bound for it. */
    private SettingNames known(ConfigurableListableBeanFactory beans) {
        SettingNames known = new SettingNames();
        known.add(PAWLINE.append(service).append("port"));
        for (String bean : beans.getBeanDefinitionNames()) {
            Class<?> type = beans.getType(bean, false);
            ConfigurationProperties settings = type == null ? null : type.getAnnotation(ConfigurationProperties.class);
            if (type != null && settings != null && type.isRecord()) {
                String prefix = settings.prefix().isEmpty() ? settings.value() : settings.prefix();
                known.add(ConfigurationPropertyName.of(prefix), type);
            }
        }
        return known;
    }

    /** @param others whether settings of other programs stand there too */
    private boolean isUnknown(ConfigurationPropertyName name, SettingNames known, boolean others) {
        if (known.has(name)) {
            return false;
        }
        String group = name.getElement(1, Form.UNIFORM);
        return bound(known).anyMatch(group::equals) || (!others && groups().noneMatch(group::equals));
    }

    private boolean isUnknown(String variable, SettingNames known) {
        String letters = letters(variable);
        return variable.startsWith("PAWLINE_")
                && !COMMAND_LINE.contains(variable)
                && !NOT_OURS.matcher(variable).matches()
                && groupOf(letters, known)
                        .filter(bound(known).toList()::contains)
                        .isPresent()
                && !known.hasVariable(letters);
    }

    /** The longest group with which the name of a variable begins: MATTINGMODEL, rather than MATTING. */
    private static Optional<String> groupOf(String letters, SettingNames known) {
        return Stream.concat(groups(), known.under(PAWLINE.toString()).stream())
                .filter(group -> letters.startsWith("pawline" + group))
                .max(Comparator.comparingInt(String::length));
    }

    /** The groups of which this service binds all settings. */
    private Stream<String> bound(SettingNames known) {
        return known.under(PAWLINE.toString()).stream()
                .filter(group -> !SERVICES.contains(group) || group.equals(service));
    }

    /** All groups there are. */
    private static Stream<String> groups() {
        return Stream.concat(LIBRARIES.stream(), SERVICES.stream()).map(group -> group.replace("-", ""));
    }

    private static String letters(String variable) {
        return variable.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static String inWords(
            @Nullable ConfigurationProperty setting, ConfigurationPropertyName name, SettingNames known) {
        String place = setting == null || setting.getOrigin() == null ? "" : " (" + setting.getOrigin() + ")";
        return name
                + place
                + nearest(name.toString(), known)
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("");
    }

    private static String inWords(String variable, SettingNames known) {
        String name = variable.toLowerCase(Locale.ROOT).replace('_', '.');
        return variable + " (environment variable)"
                + nearest(name, known)
                        .map(near -> ": did you mean "
                                + near.toUpperCase(Locale.ROOT).replace("-", "").replace('.', '_') + "?")
                        .orElse("");
    }

    /** The known name that the fewest typing errors make this one of; empty: none is near. */
    private static Optional<String> nearest(String name, SettingNames known) {
        String letters = name.replaceAll("[-.]", "");
        return known.all().stream()
                .min(Comparator.comparingInt(each -> distance(letters, each.replaceAll("[-.]", ""))))
                .filter(each ->
                        distance(letters, each.replaceAll("[-.]", "")) <= Math.max(2, (letters.length() - 7) / 3));
    }

    /** How many letters must be added, removed or changed (<a href="https://doi.org/10.1145/321796.321811">Wagner and Fischer 1974</a>). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
