package io.pawline.outbound.openai;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.CallPhase;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.outbound.openai.OpenAiAnswer.Failed;
import io.pawline.outbound.openai.OpenAiAnswer.Picture;
import io.pawline.outbound.openai.OpenAiAnswer.PictureAt;
import io.pawline.schemas.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class OpenAiImagesClientTest {

    private static final String KEY = "sk-0f3d-secret";
    private static final Instant NOW = Instant.parse("2026-11-30T06:00:00Z");
    private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(20));

    /** A PNG of 32 x 32 pixels. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mN40WVMU8QwasGoBaMWjFowasGoBaMWjF"
                    + "owasGoBaMWDBULAHaalFtvUJqsAAAAAElFTkSuQmCC";

    private final JsonMapper json = new JsonMapper();
    private final List<String> refused = new ArrayList<>();
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void asksForOnePictureWithTheKeyAndANameForTheCall() throws Exception {
        server.enqueue(response(200).body("{}").build());

        var _ = make(order(null, false, false));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /v1/images/generations HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.getHeaders().get("X-Client-Request-Id")).isEqualTo("task-1");
        assertThat(json.readTree(requireNonNull(request.getBody()).utf8())).isEqualTo(json.readTree("""
                {"model":"gpt-image-2","prompt":"a \\"cat\\" 猫","n":1,"size":"1024x1024"}
                """));
    }

    @Test
    void aPictureAfterAPhotoIsAnEditOfThePhoto() throws Exception {
        server.enqueue(response(200).body("{}").build());

        var _ = make(order(new DataUrl("image/jpeg", new byte[] {1, 2, 3}), true, false));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /v1/images/edits HTTP/1.1");
        assertThat(json.readTree(requireNonNull(request.getBody()).utf8())).isEqualTo(json.readTree("""
                {"model":"gpt-image-2","prompt":"a \\"cat\\" 猫","images":[{"image_url":"data:image/jpeg;base64,AQID"}],
                 "n":1,"size":"1024x1024","background":"transparent","output_format":"png"}
                """));
    }

    @Test
    void onlyAModelThatKnowsAddressesIsAskedForOne() throws Exception {
        server.enqueue(response(200).body("{}").build());

        var _ = make(order(null, false, true));

        assertThat(requireNonNull(server.takeRequest().getBody()).utf8()).contains("\"response_format\":\"url\"");
    }

    @Test
    void decodesThePicture() throws Exception {
        server.enqueue(response(200)
                .addHeader("x-request-id", "req_1")
                .body("""
                        {"created":1757321139,"data":[{"b64_json":"%s"}],"output_format":"png",
                         "usage":{"total_tokens":4225,"input_tokens":65,"output_tokens":4160}}
                        """.formatted(PNG))
                .build());

        assertThat(make(order(null, false, false))).isInstanceOfSatisfying(Picture.class, picture -> {
            assertThat(picture.bytes()).isEqualTo(Base64.getDecoder().decode(PNG));
            assertThat(picture.kind()).isEqualTo(ImageKind.PNG);
            assertThat(picture.tokens()).isEqualTo(4_225);
            assertThat(picture.facts().requestId()).contains("req_1");
            assertThat(picture.facts().phase()).isEqualTo(CallPhase.DONE);
        });
    }

    @Test
    void takesAnAddressAsWell() throws Exception {
        server.enqueue(response(200)
                .body("{\"data\":[{\"url\":\"https://pictures.example/a.png?sig=s3\"}]}")
                .build());

        assertThat(make(order(null, false, true)))
                .isInstanceOfSatisfying(
                        PictureAt.class,
                        picture -> assertThat(picture.address())
                                .isEqualTo(URI.create("https://pictures.example/a.png?sig=s3")));
    }

    @ParameterizedTest
    @CsvSource({
        "400, moderation_blocked, image_generation_user_error, '', MODERATED_PROMPT",
        "400, content_policy_violation, invalid_request_error, '', MODERATED_PROMPT",
        "400, contentFilter, '', '', MODERATED_PROMPT",
        "400, content_filter, '', prompt, MODERATED_PROMPT",
        "451, , upstream_error, '', MODERATED_PROMPT",
        "400, invalid_image_file, invalid_request_error, image, PHOTO_NOT_AN_IMAGE",
        "400, image_too_large, image_generation_user_error, '', PHOTO_TOO_LARGE",
        "401, invalid_api_key, invalid_request_error, '', AUTHENTICATION",
        "401, , invalid_request_error, '', AUTHENTICATION",
        "403, unsupported_country_region_territory, request_forbidden, '', AUTHENTICATION",
        "403, , '', '', AUTHENTICATION",
        "400, billing_hard_limit_reached, image_generation_user_error, '', BILLING",
        "429, billing_not_active, billing_not_active, '', BILLING",
        "429, credit_balance_exhausted, insufficient_quota, '', BILLING",
        "402, , '', '', BILLING",
        "429, insufficient_quota, insufficient_quota, '', QUOTA_EXHAUSTED",
        "403, insufficient_user_quota, new_api_error, '', QUOTA_EXHAUSTED",
        "429, rate_limit_exceeded, requests, '', RATE_LIMITED",
        "429, , '', '', RATE_LIMITED",
        "429, slow_down, rate_limit_error, '', OVERLOADED",
        "503, server_is_overloaded, service_unavailable_error, '', OVERLOADED",
        "503, , '', '', OVERLOADED",
        "404, model_not_found, invalid_request_error, model, CONFIGURATION",
        "400, invalid_value, image_generation_user_error, size, CONFIGURATION",
        "400, unknown_parameter, invalid_request_error, background, CONFIGURATION",
        "400, , invalid_request_error, output_format, CONFIGURATION",
        "404, , '', '', CONFIGURATION",
        "400, string_above_max_length, invalid_request_error, prompt, INVALID_REQUEST",
        "400, invalid_value, image_generation_user_error, images[0].image_url, INVALID_REQUEST",
        "400, brand_new, image_generation_user_error, '', INVALID_REQUEST",
        "500, server_error, server_error, '', PROVIDER_ERROR",
        "502, , '', '', PROVIDER_ERROR",
        "200, moderation_blocked, image_generation_user_error, '', MODERATED_PROMPT"
    })
    void classifiesTheErrors(int status, @Nullable String code, String type, String parameter, Reason reason)
            throws Exception {
        String quoted = code == null ? "null" : "\"" + code + "\"";
        String named = parameter.isEmpty() ? "null" : "\"" + parameter + "\"";
        server.enqueue(
                response(status).body("""
                        {"error":{"message":"key %s at https://x.example/a?b","type":"%s","code":%s,"param":%s}}
                        """.formatted(KEY, type, quoted, named)).build());

        assertThat(make(order(null, false, false))).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(reason);
            assertThat(failed.detail())
                    .contains(Integer.toString(status))
                    .doesNotContain(KEY)
                    .doesNotContain("x.example");
            assertThat(failed.facts().providerCode()).isEqualTo(Optional.ofNullable(code));
            assertThat(failed.facts().status()).contains(status);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "model_not_found, model, pawline.generate.model",
        "invalid_value, size, pawline.generate.size",
        "unsupported_parameter, background, pawline.generate.transparent",
        "unknown_parameter, n, pawline.generate.*"
    })
    void namesTheSettingThatIsRefused(String code, String parameter, String setting) throws Exception {
        server.enqueue(response(400)
                .body("{\"error\":{\"message\":\"no\",\"code\":\"%s\",\"param\":\"%s\"}}".formatted(code, parameter))
                .build());

        assertThat(make(order(null, false, false)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.detail()).endsWith("check the setting " + setting));
        assertThat(refused).containsExactly(setting);
        assertThat(OpenAiErrors.settings()).contains(setting);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"data\":[]}",
                "{\"data\":[7]}",
                "{\"data\":[{}]}",
                "{\"data\":[{\"b64_json\":\"%%%\"}]}",
                "{\"data\":[{\"b64_json\":\"AQID\"}]}",
                "{\"data\":[{\"url\":\"/a.png\"}]}",
                "{\"data\":[{\"url\":\"ftp://x.example/a.png\"}]}",
                "{\"data\":[{\"url\":\"a picture\"}]}"
            })
    void anAnswerWithoutAPictureIsMalformed(String body) throws Exception {
        server.enqueue(response(200).body(body).build());

        assertThat(make(order(null, false, false)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.MALFORMED_ANSWER));
    }

    @Test
    void aTextInThePlaceOfTheErrorIsTakenAsWell() throws Exception {
        server.enqueue(response(500).body("{\"error\":\"upstream is gone\"}").build());

        assertThat(make(order(null, false, false)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.PROVIDER_ERROR));
    }

    @ParameterizedTest
    @CsvSource({
        "7, 0, 20s, 0, '', 7000",
        ", 0, 20s, 0, '', 20000",
        ", 0, 6m0s, 0, '', 360000",
        ", 0, 1m30s, 0, '', 90000",
        ", 0, 120ms, 0, '', 120",
        ", 0, 1.5s, 0, '', 1000",
        ", 0, 24h0m0s, 0, '', 3600000",
        ", 5, 20s, 0, 3s, 3000",
        ", 5, 20s, 9, 3s, 0",
        ", 0, soon, 9, 3s, 0",
        ", 0, 0s, 9, 3s, 0"
    })
    void saysWhenToComeBack(
            @Nullable Integer retryAfter, int requests, String resetRequests, int tokens, String resetTokens, long wait)
            throws Exception {
        MockResponse.Builder answer = response(429)
                .addHeader("x-ratelimit-remaining-requests", requests)
                .addHeader("x-ratelimit-reset-requests", resetRequests)
                .addHeader("x-ratelimit-remaining-tokens", tokens)
                .addHeader("x-ratelimit-reset-tokens", resetTokens);
        if (retryAfter != null) {
            answer.addHeader("Retry-After", retryAfter);
        }
        server.enqueue(
                answer.body("{\"error\":{\"code\":\"rate_limit_exceeded\"}}").build());

        assertThat(make(order(null, false, false)).facts().notBefore())
                .isEqualTo(wait == 0 ? Optional.empty() : Optional.of(NOW.plusMillis(wait)));
    }

    @Test
    void asksForMemoryBeforeThePictureIsRead() throws Exception {
        List<Long> asked = new ArrayList<>();
        server.enqueue(response(200)
                .body("{\"data\":[{\"b64_json\":\"" + PNG + "\"}]}")
                .build());

        var _ = client().make(order(null, false, false), "task-1", TIMEOUTS, new BodyMemory(_ -> true, asked::add));

        assertThat(asked).singleElement().satisfies(bytes -> assertThat(bytes).isGreaterThan(4L * PNG.length()));
    }

    private static MockResponse.Builder response(int status) {
        return new MockResponse.Builder().code(status);
    }

    private static OpenAiOrder order(@Nullable DataUrl photo, boolean transparent, boolean asAddress) {
        return new OpenAiOrder(
                "gpt-image-2", "a \"cat\" 猫", Optional.ofNullable(photo), "1024x1024", transparent, asAddress);
    }

    private OpenAiAnswer make(OpenAiOrder order) throws InterruptedException {
        return client().make(order, "task-1", TIMEOUTS, BodyMemory.UNCOUNTED);
    }

    private OpenAiImagesClient client() {
        return new OpenAiImagesClient(
                OutboundHttp.create(OutboundProperties.allowing()),
                new ArkProperties(server.url("/v1").uri(), KEY),
                Clock.fixed(NOW, ZoneOffset.UTC),
                refused::add);
    }
}
