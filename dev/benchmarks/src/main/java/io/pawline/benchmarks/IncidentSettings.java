package io.pawline.benchmarks;

import io.pawline.local.LocalStack;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the services' settings for the day of the incident. Times are the services' defaults, scaled like all others.
 * No setting says what the providers can handle.
 */
final class IncidentSettings {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /** Times that concern this machine only are not scaled. */
    private static final List<String> OWN_TIMES = List.of(
            ".drain",
            ".commit-interval",
            ".keep-alive",
            ".reconcile-every",
            ".max-send-time",
            ".idempotency-window",
            ".follow.",
            ".relay.",
            "pawline.ops.",
            "pawline.image-store.",
            "pawline.database.",
            "pawline.photo.",
            "pawline.ingest.direct-upload.",
            "pawline.ingest.retention.");

    /** Waits for a connection are not scaled below this: on a busy machine they would fail because of the machine. */
    private static final Duration LEAST_CONNECTING = Duration.ofMillis(80);

    /** Prices of a call, so that Pawline's report can say what was wasted. The incident report names no prices. */
    private static final Map<String, String> PRICES =
            Map.of("ark-vision", "0.004", "seedream", "0.2", "volcengine-visual", "0.05");

    private static final List<String> STAGES = List.of("detect", "generate", "matting", "finalize", "callback");

    private final IncidentDay day;
    private final Map<String, String> settings = new TreeMap<>();

    private IncidentSettings(IncidentDay day, URI simulator) {
        this.day = day;
        settings.put("pawline.ark.base-url", simulator + "/api/v3");
        settings.put("pawline.ark.api-key", "simulator-ark-key");
        settings.put("pawline.matting.base-url", simulator.toString());
        settings.put("pawline.matting.access-key", "AKLTSIMULATOR");
        settings.put("pawline.matting.secret-key", "simulator-secret-key");
        settings.put("pawline.callback.secrets", LocalStack.WEBHOOK_SECRET);
        settings.put("pawline.generate.model", "doubao-seedream-3-0-t2i-250415");
        settings.put("pawline.generate.size", "512x512");
        PRICES.forEach((provider, price) -> settings.put("pawline.ops.prices." + provider, price));
        scaleDefaults();
    }

    /**
     * The settings of Pawline as it is.
     *
     * @param second where the scenario's second provider listens; empty: Pawline does not know it
     */
    static IncidentSettings ofPawline(IncidentDay day, URI simulator, Optional<URI> second) {
        IncidentSettings pawline = new IncidentSettings(day, simulator);
        second.ifPresent(url -> pawline.settings.putAll(day.scenario().settings(url.toString())));
        day.scenario().prefix().filter(_ -> second.isPresent()).ifPresent(pawline::scaleFallback);
        return pawline;
    }

    /** The settings of a named provider are in no list of settings, so their times are named here. */
    private void scaleFallback(String prefix) {
        time(prefix + "connect-timeout", Duration.ofSeconds(5));
        time(prefix + "call-timeout", Duration.ofSeconds(60));
        time(prefix + "limits.breaker-pause", Duration.ofSeconds(5));
        time(prefix + "limits.breaker-max-pause", Duration.ofSeconds(60));
    }

    /** The report's policy, as far as settings can express it; the rest is {@link ReportPolicy}. */
    static IncidentSettings ofTheReport(IncidentDay day, URI simulator) {
        IncidentSettings control = new IncidentSettings(day, simulator);
        Map<String, String> settings = control.settings;
        for (String stage : STAGES) {
            String prefix = "pawline." + stage + ".stage.";
            if (!stage.equals("finalize")) { // it calls no provider
                settings.put(prefix + "adaptive-limit", "false");
                settings.put(prefix + "breaker", "false");
            }
            if (!stage.equals("callback")) { // it has a schedule
                settings.put(prefix + "max-attempts", "3");
            }
            settings.put(prefix + "first-delay", "1ms");
            settings.put(prefix + "max-delay", "1ms");
            settings.put(prefix + "max-retry-time", "24h");
            settings.put(prefix + "retry-share", "0.99");
        }
        settings.put("pawline.detect.stage.max-in-flight", Integer.toString(day.part(ReportPolicy.DETECT_WORKERS)));
        settings.put("pawline.generate.stage.max-in-flight", Integer.toString(day.part(ReportPolicy.GENERATE_WORKERS)));
        settings.put("pawline.matting.stage.max-in-flight", Integer.toString(day.part(ReportPolicy.MATTING_WORKERS)));
        settings.put("pawline.callback.stage.max-in-flight", Integer.toString(day.part(ReportPolicy.CALLBACK_WORKERS)));
        control.time("pawline.generate.connect-timeout", Duration.ofSeconds(60));
        control.time("pawline.generate.call-timeout", Duration.ofSeconds(60));
        control.time("pawline.matting.call-timeout", Duration.ofSeconds(20));
        control.time("pawline.callback.timeout", Duration.ofSeconds(30));
        settings.put("pawline.callback.retry-schedule", "1ms,1ms");
        settings.put("pawline.ingest.default-deadline", "24h");
        settings.put("pawline.ingest.max-deadline", "24h");
        settings.put("pawline.ingest.backlog.free-tasks", "1000000000");
        return control;
    }

    /** Scales each default time of a service, unless it concerns this machine only. */
    private void scaleDefaults() {
        try {
            for (URL url :
                    Collections.list(IncidentSettings.class.getClassLoader().getResources(METADATA))) {
                try (InputStream json = url.openStream()) {
                    JsonMapper.shared().readTree(json).path("properties").forEach(this::scaleDefault);
                }
            }
        } catch (IOException unreadable) {
            throw new IllegalStateException("the services' settings cannot be read", unreadable);
        }
        // Of callback-service's own file
        time("pawline.callback.stage.max-retry-time", Duration.ofHours(12));
        time("pawline.callback.stage.first-delay", Duration.ofSeconds(5));
    }

    private void scaleDefault(JsonNode setting) {
        String name = setting.path("name").asString("");
        String value = setting.path("defaultValue").asString("");
        if (!name.startsWith("pawline.")
                || value.isEmpty()
                || OWN_TIMES.stream().anyMatch(name::contains)) {
            return;
        }
        switch (setting.path("type").asString("")) {
            case "java.time.Duration" -> time(name, DurationStyle.detectAndParse(value));
            case "java.util.List<java.time.Duration>" ->
                settings.put(
                        name,
                        Arrays.stream(value.replaceAll("[\\[\\]]", "").split(","))
                                .map(part -> millis(day.real(DurationStyle.detectAndParse(part.strip()))))
                                .collect(Collectors.joining(",")));
            default -> {}
        }
    }

    private void time(String name, Duration inReport) {
        Duration real = day.real(inReport);
        boolean tooShort = name.endsWith(".connect-timeout") && real.compareTo(LEAST_CONNECTING) < 0;
        settings.put(name, millis(tooShort ? LEAST_CONNECTING : real));
    }

    private static String millis(Duration duration) {
        return Math.max(1, duration.toMillis()) + "ms";
    }

    /** Writes the settings into a file that services can read. */
    Path write(Path file) throws IOException {
        return Files.write(
                file,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toList());
    }
}
