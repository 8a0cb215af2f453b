package io.pawline.generate;

import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.stage.spring.ChainProperties;
import io.pawline.stage.spring.StageProperties;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.springframework.boot.context.properties.bind.Binder;

/** Plays Ark with a web server, and makes the client for it. */
final class TestingImageModel {

    static final String KEY = "ark-0f3d-secret";
    static final String PICTURE = "https://ark-content.example/a/b.jpeg?X-Tos-Expires=86400&X-Tos-Signature=s3cr3t";

    private TestingImageModel() {}

    static ArkClient client(MockWebServer server) {
        return new ArkClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                new ArkProperties(server.url("/api/v3").uri(), KEY),
                Clock.systemUTC(),
                _ -> {});
    }

    static MockResponse answer(String body) {
        return new MockResponse.Builder()
                .addHeader("X-Request-Id", "021755")
                .body(body)
                .build();
    }

    static MockResponse picture() {
        return answer("""
                {"model":"m","created":1757321139,"data":[{"url":"%s","size":"1024x1024"}],
                 "usage":{"generated_images":1,"output_tokens":4096,"total_tokens":4096}}
                """.formatted(PICTURE));
    }

    static GenerateProperties properties(String model, Duration callTimeout) {
        return properties(model, callTimeout, false);
    }

    static GenerateProperties properties(String model, Duration callTimeout, boolean transparent) {
        return new GenerateProperties(
                GenerateProperties.Format.ARK,
                null,
                null,
                model,
                "{description} in {style}" + (transparent ? " on {background}" : ""),
                false,
                "like this {description} in {style}" + (transparent ? " on {background}" : ""),
                transparent,
                "2048x2048",
                false,
                2.5,
                -1,
                Duration.ofSeconds(10),
                callTimeout,
                new Binder().bindOrCreate("chain", ChainProperties.class),
                Map.of(),
                /* hedgePercent= */ 0,
                new Binder().bindOrCreate("stage", StageProperties.class));
    }
}
