package io.pawline.helm;

import static io.pawline.helm.TestingChart.object;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Reads what the chart gives a service as the service does. */
class ServicesTest {

    /** The values with every value of the chart that becomes a setting. */
    private static final Map<String, Object> ALL_VALUES = Map.of(
            "imageStore.endpoint", "http://minio:9000",
            "imageStore.publicEndpoint", "https://pictures.example.com",
            "imageStore.publicBaseUrl", "https://cdn.example.com",
            "imageStore.pathStyle", true,
            "ark.baseUrl", "http://simulator/ark",
            "visual.baseUrl", "http://simulator/visual",
            "operators.openAccess", true,
            "tracing.endpoint", "http://collector:4318",
            "tracing.sampleRatio", 0.1,
            "tracing.existingSecret", "pawline-tracing");

    @TempDir
    Path etc;

    @ParameterizedTest
    @EnumSource
    void theContainersPortIsTheServicesOwn(Component component) throws IOException {
        assertThat(environmentOf(component).getProperty("server.port", Integer.class))
                .isEqualTo(component.port());
    }

    @ParameterizedTest
    @EnumSource
    void theServiceReadsTheMountedFile(Component component) throws IOException {
        StandardEnvironment environment = environmentOf(component);

        assertThat(environment.getProperty("spring.kafka.bootstrap-servers")).isEqualTo("kafka-bootstrap.kafka:9092");
        assertThat(environment.getProperty("spring.application.name")).isEqualTo(component.code() + "-service");
    }

    @ParameterizedTest
    @EnumSource
    void everySettingInTheFileIsOneOfTheServices(Component component) throws IOException {
        assertThat(environmentOf(component).getPropertySources().stream()
                        .filter(source -> source.getName().contains("settings.yaml"))
                        .flatMap(source -> Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames()))
                        .filter(name -> name.startsWith("pawline."))
                        .collect(toSet()))
                .isSubsetOf(settings());
    }

    @ParameterizedTest
    @EnumSource
    void everyKeyIsReadAsOneOfTheServicesSettings(Component component) throws IOException {
        Map<String, String> settingsByVariable =
                settings().stream().collect(toMap(ServicesTest::variableOf, name -> name, (one, same) -> one));
        StandardEnvironment environment = environmentOf(component);

        assertThat(variablesOf(component))
                .filteredOn(variable -> variable.getValueFrom() != null)
                .isNotEmpty()
                .allSatisfy(variable -> assertThat(settingsByVariable)
                        .containsKey(variable.getName())
                        .extractingByKey(variable.getName())
                        .satisfies(name -> assertThat(Binder.get(environment)
                                        .bind(name, String.class)
                                        .orElse("unset"))
                                .isEqualTo("out of a Secret")));
    }

    /** The environment that Spring Boot makes in the component's container, before the service runs. */
    private StandardEnvironment environmentOf(Component component) throws IOException {
        String settings =
                object(ConfigMap.class, component.code(), ALL_VALUES).getData().get("settings.yaml");
        Files.writeString(etc.resolve("settings.yaml"), settings == null ? "" : settings);
        Map<String, Object> variables = variablesOf(component).stream()
                .collect(toMap(
                        EnvVar::getName,
                        variable -> variable.getValueFrom() == null
                                ? variable.getValue().replace("/etc/pawline", etc.toString())
                                : "out of a Secret"));
        String service = component.code() + "-service";
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        environment
                .getPropertySources()
                .addLast(new DefaultPropertiesPropertySource(Map.of(
                        "spring.application.name", service, "spring.config.name", "pawline-service," + service)));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        return environment;
    }

    private static List<EnvVar> variablesOf(Component component) {
        return object(Deployment.class, component.code(), ALL_VALUES)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv();
    }

    /** The names of all settings of all services, from the metadata of the compiler. */
    private static Set<String> settings() throws IOException {
        List<String> names = new ArrayList<>();
        ClassLoader classPath = ServicesTest.class.getClassLoader();
        for (URL url : Collections.list(classPath.getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream metadata = url.openStream()) {
                for (JsonNode property : new ObjectMapper().readTree(metadata).path("properties")) {
                    names.add(property.path("name").asText());
                }
            }
        }
        return names.stream().filter(name -> name.startsWith("pawline.")).collect(toSet());
    }

    private static String variableOf(String setting) {
        return setting.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }
}
