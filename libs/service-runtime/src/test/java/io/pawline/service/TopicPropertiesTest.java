package io.pawline.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class TopicPropertiesTest {

    /** Prints the name of a topic as a bean of a service has it. */
    @Configuration(proxyBeanMethods = false)
    static class Service {
        public static void main(String[] arguments) {
            service().run(arguments).close();
        }

        @Bean
        String control() {
            System.out.println("control is " + Topics.CONTROL);
            return Topics.CONTROL;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--pawline.topic-prefix=staging-, X, X",
        "--spring.config.additional-location=file:OWN, X, X",
        "--server.port=0, PAWLINE_TOPIC_PREFIX, staging-",
        "--server.port=0, PAWLINE_TOPICPREFIX, staging-",
        "--pawline.topic-prefix=staging-, PAWLINE_TOPIC_PREFIX, production-"
    })
    void thePrefixCountsBeforeAnyBeanIsMade(String argument, String variable, String value, @TempDir Path folder)
            throws Exception {
        Path own = Files.writeString(folder.resolve("own.yaml"), "pawline.topicPrefix: staging-\n");

        assertThat(said(Map.of(variable, value), argument.replace("OWN", own.toString())))
                .contains("control is staging-pawline.control");
    }

    @Test
    void aWrongPrefixStopsTheStartWithTheNameOfTheSetting() {
        assertThatThrownBy(() -> service().run("--pawline.topic-prefix=staging"))
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .rootCause()
                .hasMessageContainingAll("pawline.topic-prefix (PAWLINE_TOPIC_PREFIX)", "'staging'");
    }

    @Test
    void aSecondPrefixInAProcessStopsTheStart() {
        assertThat(Topics.CONTROL).isEqualTo("pawline.control");

        assertThatThrownBy(() -> service().run("--pawline.topic-prefix=staging-"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pawline.topic-prefix cannot become 'staging-'");
        service().run("--logging.level.root=off").close();
    }

    private static SpringApplication service() {
        SpringApplication service = ServiceApplication.of(Service.class, "detect-service");
        service.setWebApplicationType(WebApplicationType.NONE);
        return service;
    }

    /** What a process of its own prints. */
    private static String said(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Service.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }
}
