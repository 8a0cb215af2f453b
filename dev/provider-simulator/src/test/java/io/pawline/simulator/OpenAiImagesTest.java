package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.simulator.picture.PictureCodec;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiImagesTest {

    private static final String RULES = """
            text-to-image:
              rules:
                - {when-text-contains: moderated-prompt, answer: InputTextSensitiveContentDetected}
                - {when-text-contains: poor, answer: AccountOverdueError}
                - {when-text-contains: quota, answer: QuotaExceeded}
                - {when-text-contains: hasty, answer: ModelAccountRpmRateLimitExceeded}
                - {when-text-contains: crowded, answer: ServerOverloaded}
                - {when-text-contains: broken, answer: InternalServiceError}
            """;

    private final ProviderSimulator simulator =
            new ProviderSimulator(SimulatorOptions.of(Profile.parse("test.yaml", RULES), 0), Clock.systemUTC());
    private TestingProviderClient client =
            new TestingProviderClient(URI.create("http://unset.invalid"), Clock.systemUTC());

    @BeforeEach
    void start() throws IOException {
        simulator.start();
        client = new TestingProviderClient(simulator.baseUrl(), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void answersWithThePicture() throws Exception {
        var answer = client.openAi("/images/generations", """
                {"model":"gpt-image-2","prompt":"a cat, pixel","n":1,"size":"512x512"}""");

        assertThat(answer.status()).as(answer.at("/error/message")).isEqualTo(200);
        byte[] picture = Base64.getDecoder().decode(answer.at("/data/0/b64_json"));
        assertThat(PictureCodec.size(picture)).contains(new PictureCodec.Size(512, 512));
        assertThat(answer.json().at("/usage/total_tokens").asInt()).isPositive();
    }

    @Test
    void makesAPictureAfterAPhoto() throws Exception {
        var photo = client.get("/photos/cat.png");
        var answer =
                client.openAi("/images/edits", """
                {"model":"gpt-image-1.5","prompt":"a cat, oil","n":1,"size":"1024x1024",
                 "images":[{"image_url":"data:image/png;base64,%s"}]}
                """.formatted(Base64.getEncoder().encodeToString(photo.bytes())));

        assertThat(answer.status()).as(answer.at("/error/message")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'model':'dall-e-3','prompt':'a cat'                                       | 404 | model_not_found            | model
            'model':'gpt-image-1','prompt':'a cat'                                    | 404 | model_not_found            | model
            'prompt':'a cat'                                                          | 400 | missing_required_parameter | model
            'model':'gpt-image-2'                                                     | 400 | missing_required_parameter | prompt
            'model':'gpt-image-2','prompt':7                                          | 400 | invalid_type               | prompt
            'model':'gpt-image-2','prompt':'a cat','response_format':'url'            | 400 | unknown_parameter          | response_format
            'model':'gpt-image-2','prompt':'a cat','watermark':false                  | 400 | unknown_parameter          | watermark
            'model':'gpt-image-1.5','prompt':'a cat','size':'2048x2048'               | 400 | invalid_value              | size
            'model':'gpt-image-2','prompt':'a cat','size':'1000x1000'                 | 400 | invalid_value              | size
            'model':'gpt-image-2','prompt':'a cat','n':2                              | 400 | invalid_value              | n
            'model':'gpt-image-2','prompt':'a cat','background':'transparent'         | 400 | invalid_value              | background
            'model':'gpt-image-2','prompt':'moderated-prompt'                         | 400 | moderation_blocked         | ""
            'model':'gpt-image-2','prompt':'poor'                                     | 400 | billing_hard_limit_reached | ""
            'model':'gpt-image-2','prompt':'quota'                                    | 429 | insufficient_quota         | ""
            'model':'gpt-image-2','prompt':'hasty'                                    | 429 | rate_limit_exceeded        | ""
            'model':'gpt-image-2','prompt':'crowded'                                  | 429 | slow_down                  | ""
            'model':'gpt-image-2','prompt':'broken'                                   | 500 | server_error               | ""
            """)
    void refusesWhatTheApiRefuses(String fields, int status, String code, String parameter) throws Exception {
        var answer = client.openAi("/images/generations", "{" + fields.replace('\'', '"') + "}");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.at("/error/code")).isEqualTo(code);
        assertThat(answer.at("/error/param")).isEqualTo(parameter);
    }

    @Test
    void refusesAnEditWithoutAPhotoAndAWrongKey() throws Exception {
        assertThat(client.openAi("/images/edits", "{\"model\":\"gpt-image-2\",\"prompt\":\"a cat\"}")
                        .at("/error/param"))
                .isEqualTo("images");
        var answer = client.send(TestingProviderClient.post(simulator.baseUrl().resolve("/v1/images/generations"), "{}")
                .header("Authorization", "Bearer nobody"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("/error/code")).isEqualTo("invalid_api_key");
    }
}
