package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class IngestPropertiesTest {

    @Test
    void hasDefaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new IngestProperties(
                        null,
                        null,
                        Duration.ofHours(1),
                        Duration.ofHours(24),
                        DataSize.ofKilobytes(64),
                        DataSize.ofMegabytes(4),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(75),
                        null,
                        Duration.ofHours(48),
                        Duration.ofSeconds(60),
                        new IngestProperties.Backlog(Duration.ofMinutes(30), 1000),
                        new IngestProperties.Access(false, 6000, List.of()),
                        new IngestProperties.DirectUpload(Duration.ofMinutes(15), DataSize.ofGigabytes(1)),
                        new IngestProperties.Follow(
                                Duration.ofMillis(250), null, Duration.ofSeconds(60), Duration.ofSeconds(15)),
                        new IngestProperties.Relay(
                                500, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60), 1_000)));
    }

    @Test
    void takesEverySetting() {
        assertThat(bind(Map.ofEntries(
                        Map.entry("pawline.ingest.public-base-url", "https://pawline.example"),
                        Map.entry("pawline.ingest.default-callback-url", "https://shop.example/callback"),
                        Map.entry("pawline.ingest.default-deadline", "10m"),
                        Map.entry("pawline.ingest.max-deadline", "2h"),
                        Map.entry("pawline.ingest.max-body-size", "8KB"),
                        Map.entry("pawline.ingest.max-batch-size", "1MB"),
                        Map.entry("pawline.ingest.max-send-time", "5s"),
                        Map.entry("pawline.ingest.keep-alive", "620s"),
                        Map.entry("pawline.ingest.upload-memory", "64MB"),
                        Map.entry("pawline.ingest.idempotency-window", "1h"),
                        Map.entry("pawline.ingest.collapse-window", "0s"),
                        Map.entry("pawline.ingest.backlog.max-wait", "5m"),
                        Map.entry("pawline.ingest.backlog.free-tasks", "50"),
                        Map.entry("pawline.ingest.access.open", "true"),
                        Map.entry("pawline.ingest.access.tasks-per-minute", "30"),
                        Map.entry("pawline.ingest.access.allowed-origins", "https://shop.example"),
                        Map.entry("pawline.ingest.direct-upload.validity", "5m"),
                        Map.entry("pawline.ingest.direct-upload.pending-per-tenant", "100MB"),
                        Map.entry("pawline.ingest.follow.look-every", "1s"),
                        Map.entry("pawline.ingest.follow.max-waits", "5"),
                        Map.entry("pawline.ingest.follow.max-wait", "10s"),
                        Map.entry("pawline.ingest.follow.heartbeat", "3s"),
                        Map.entry("pawline.ingest.relay.batch-size", "50"),
                        Map.entry("pawline.ingest.relay.poll-interval", "200ms"),
                        Map.entry("pawline.ingest.relay.max-backoff", "3s"),
                        Map.entry("pawline.ingest.relay.ahead", "30s"),
                        Map.entry("pawline.ingest.relay.least-ahead", "200"))))
                .isEqualTo(new IngestProperties(
                        URI.create("https://pawline.example"),
                        URI.create("https://shop.example/callback"),
                        Duration.ofMinutes(10),
                        Duration.ofHours(2),
                        DataSize.ofKilobytes(8),
                        DataSize.ofMegabytes(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(620),
                        DataSize.ofMegabytes(64),
                        Duration.ofHours(1),
                        Duration.ZERO,
                        new IngestProperties.Backlog(Duration.ofMinutes(5), 50),
                        new IngestProperties.Access(true, 30, List.of("https://shop.example")),
                        new IngestProperties.DirectUpload(Duration.ofMinutes(5), DataSize.ofMegabytes(100)),
                        new IngestProperties.Follow(
                                Duration.ofSeconds(1), 5, Duration.ofSeconds(10), Duration.ofSeconds(3)),
                        new IngestProperties.Relay(
                                50, Duration.ofMillis(200), Duration.ofSeconds(3), Duration.ofSeconds(30), 200)));
    }

    @Test
    void theHeapLimitsSubscriptionsUnlessASettingDoes() {
        IngestProperties.Follow unsaid =
                new IngestProperties.Follow(Duration.ofSeconds(1), null, Duration.ofSeconds(10), Duration.ofSeconds(3));
        assertThat(unsaid.subscriptionLimit(DataSize.ofMegabytes(384).toBytes()))
                .isEqualTo(12_288);
        assertThat(unsaid.subscriptionLimit(DataSize.ofGigabytes(64).toBytes())).isEqualTo(20_000);
        IngestProperties.Follow said = new IngestProperties.Follow(
                Duration.ofSeconds(1), 30_000, Duration.ofSeconds(10), Duration.ofSeconds(3));
        assertThat(said.subscriptionLimit(DataSize.ofMegabytes(384).toBytes())).isEqualTo(30_000);
    }

    @ParameterizedTest
    @CsvSource({
        "public-base-url,      ftp://pawline.example, must be an http or https URL",
        "default-callback-url, nowhere,               must be an http or https URL",
        "default-deadline,     25h,                   must be from 1 second to max-deadline",
        "default-deadline,     0s,                    must be from 1 second to max-deadline",
        "max-body-size,        0B,                    must be from 1 byte to 16 MB",
        "max-batch-size,       17MB,                  must be from 1 byte to 16 MB",
        "max-send-time,        0s,                    must be > 0",
        "keep-alive,           0s,                    must be > 0",
        "idempotency-window,   0s,                    must be > 0",
        "collapse-window,      -1s,                   must be >= 0",
        "backlog.max-wait,     0s,                    must be > 0",
        "backlog.free-tasks,   -1,                    must be >= 0",
        "access.tasks-per-minute, 0,                  must be > 0",
        "access.allowed-origins, https://shop.example/, must be origins in lower case without a path",
        "access.allowed-origins, shop.example,        must be origins in lower case without a path",
        "access.allowed-origins, null,                must be origins in lower case without a path",
        "direct-upload.validity, 9s,                  must be from 10 seconds to 12 hours",
        "direct-upload.validity, 13h,                 must be from 10 seconds to 12 hours",
        "direct-upload.pending-per-tenant, 0B,        must be > 0",
        "follow.look-every,    0s,                    must be > 0",
        "follow.heartbeat,     0s,                    must be > 0",
        "follow.max-waits,     0,                     must be > 0",
        "follow.max-wait,      0s,                    must be >= 1 s",
        "relay.batch-size,     0,                     must be > 0",
        "relay.ahead,          0s,                    must be from 1 second to 1 hour",
        "relay.ahead,          61m,                   must be from 1 second to 1 hour",
        "relay.least-ahead,    0,                     must be > 0",
        "relay.poll-interval,  0s,                    must be > 0",
        "relay.max-backoff,    10ms,                  must be >= relay.poll-interval",
    })
    void namesTheSettingThatIsWrong(String setting, String value, String fault) {
        assertThatThrownBy(() -> bind(Map.of("pawline.ingest." + setting, value)))
                .isInstanceOf(BindException.class)
                .rootCause()
                .hasMessageContaining("pawline.ingest." + setting)
                .hasMessageContaining(fault);
    }

    private static IngestProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("pawline.ingest", IngestProperties.class);
    }
}
