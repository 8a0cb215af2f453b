package io.pawline.detect;

import io.pawline.detect.DetectProperties.AnswerFormat;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.stage.spring.ChainProperties;
import io.pawline.stage.spring.StageProperties;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.springframework.boot.context.properties.bind.Binder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Plays Ark with a web server, and makes the client for it. */
final class TestingVisionModel {

    static final String KEY = "ark-0f3d-secret";

    private TestingVisionModel() {}

    static ArkClient client(MockWebServer server) {
        return client(server.url("/api/v3").uri());
    }

    static ArkClient client(URI baseUrl) {
        return new ArkClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                new ArkProperties(baseUrl, KEY),
                Clock.systemUTC(),
                _ -> {});
    }

    /** A chat completion of this content. */
    static MockResponse completion(String content, String finishReason) {
        ObjectNode body = new JsonMapper().createObjectNode();
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0).put("finish_reason", finishReason);
        choice.putObject("message").put("role", "assistant").put("content", content);
        return new MockResponse.Builder()
                .addHeader("X-Request-Id", "021755")
                .body(body.toString())
                .build();
    }

    static MockResponse pet(String description) {
        return completion(
                new JsonMapper()
                        .createObjectNode()
                        .put("has_pet", true)
                        .put("description", description)
                        .toString(),
                "stop");
    }

    static DetectProperties properties(AnswerFormat format, Duration callTimeout) {
        return new DetectProperties(
                "vision-1",
                "Is there a pet?",
                format,
                "low",
                "disabled",
                300,
                60,
                Duration.ofSeconds(10),
                callTimeout,
                new Binder().bindOrCreate("chain", ChainProperties.class),
                Map.of(),
                /* hedgePercent= */ 0,
                new Binder().bindOrCreate("stage", StageProperties.class));
    }
}
