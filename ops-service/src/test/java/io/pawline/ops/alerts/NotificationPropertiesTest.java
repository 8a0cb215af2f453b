package io.pawline.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.ops.alerts.NotificationProperties.Format;
import io.pawline.ops.alerts.NotificationProperties.Receiver;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class NotificationPropertiesTest {

    private static final String PREFIX = "pawline.ops.notifications.";

    @Test
    void withoutSettingsNobodyIsNotified() {
        NotificationProperties properties = bound(Map.of(), Map.of());

        assertThat(properties.severities()).isEmpty();
        assertThat(properties.console()).isNull();
        assertThat(properties.giveUpAfter()).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void addressAndSecretOfTheEnvironmentMeetTheRestOfTheSettings() {
        NotificationProperties properties = bound(
                Map.of(
                        PREFIX + "console", "https://ops.example.com",
                        PREFIX + "give-up-after", "1h",
                        PREFIX + "receivers.team.format", "feishu",
                        PREFIX + "receivers.team.language", "zh",
                        PREFIX + "receivers.night.severity", "critical"),
                Map.of(
                        "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_TEAM_URL", "https://open.feishu.cn/hook/1",
                        "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_TEAM_SECRET", "demo",
                        "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_NIGHT_URL", "https://pager.example.com",
                        "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_NIGHT_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));

        assertThat(properties.known())
                .containsEntry(
                        "team",
                        new Receiver("https://open.feishu.cn/hook/1", Format.FEISHU, "demo", Severity.WARNING, "zh"))
                .containsEntry(
                        "night",
                        new Receiver(
                                "https://pager.example.com",
                                Format.WEBHOOK,
                                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                Severity.CRITICAL,
                                "en"));
        assertThat(properties.severities()).containsEntry("night", Severity.CRITICAL);
        assertThat(properties.console()).isEqualTo(URI.create("https://ops.example.com"));
        assertThat(properties.giveUpAfter()).isEqualTo(Duration.ofHours(1));
    }

    private static NotificationProperties bound(Map<String, Object> file, Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        environment
                .getPropertySources()
                .addLast(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        environment.getPropertySources().addLast(new MapPropertySource("file", file));
        return Binder.get(environment).bindOrCreate("pawline.ops.notifications", NotificationProperties.class);
    }
}
