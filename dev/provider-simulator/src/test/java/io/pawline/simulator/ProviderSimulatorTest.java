package io.pawline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.simulator.picture.PictureCodec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ProviderSimulatorTest {

    private static final String RULES = """
            text-to-image:
              rules:
                - {when-text-contains: moderated-prompt, answer: InputTextSensitiveContentDetected}
                - {when-text-contains: flaky-500, first: 2, answer: InternalServiceError}
            matting:
              rules:
                - {when-text-contains: risky-cutout, answer: "50411"}
                - {when-text-contains: broken-cutout, answer: empty-cut-out}
                - {when-text-contains: jammed, answer: "100018"}
            """;

    private final Clock clock = Clock.systemUTC();
    private final ProviderSimulator simulator =
            new ProviderSimulator(SimulatorOptions.of(Profile.parse("test.yaml", RULES), 0), clock);
    private TestingProviderClient client = new TestingProviderClient(URI.create("http://unset.invalid"), clock);

    @BeforeEach
    void start() throws IOException {
        simulator.start();
        client = new TestingProviderClient(simulator.baseUrl(), clock);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void seesThePetInAPhoto() throws Exception {
        var answer = client.ark(
                "/chat/completions", TestingProviderClient.detection(TestingProviderClient.dataUrl(photo("cat.png"))));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(answer.at("/choices/0/finish_reason")).isEqualTo("stop");
        assertThat(answer.at("/choices/0/message/role")).isEqualTo("assistant");
        assertThat(answer.at("/model")).isEqualTo("doubao-seed-1-6-vision-250815");
        JsonNode content = TestingProviderClient.JSON.readTree(answer.at("/choices/0/message/content"));
        assertThat(content.path("has_pet").booleanValue()).isTrue();
        assertThat(content.path("description").stringValue()).contains("cat", "brown", "tabby", "eyes");
    }

    @Test
    void seesNoPetInAFlatPictureFetchedFromItsAddress() throws Exception {
        var answer = client.ark(
                "/chat/completions", TestingProviderClient.detection(simulator.baseUrl() + "/photos/flat.png"));

        assertThat(answer.at("/choices/0/message/content")).contains("\"has_pet\":false");
    }

    @Test
    void cutsOutWhatIsSentToItAsAPawlineMattingServiceDoes() throws Exception {
        byte[] cutOut = post("/v1/cut-out", photo("cat.png")).bytes();

        assertThat(PictureCodec.size(cutOut)).isEqualTo(PictureCodec.size(photo("cat.png")));
        assertThat(cutOut).startsWith(0x89, 'P', 'N', 'G');
        assertThat(post("/v1/cut-out", photo("not-an-image")).status()).isEqualTo(422);
    }

    private TestingProviderClient.Answer post(String path, byte[] body) throws Exception {
        return client.send(HttpRequest.newBuilder(simulator.baseUrl().resolve(path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void wrapsItsAnswerInProseUnlessAskedForJson() throws Exception {
        String asked = TestingProviderClient.detection(TestingProviderClient.dataUrl(photo("cat.png")));
        var answer =
                client.ark("/chat/completions", asked.substring(0, asked.indexOf(",\n \"response_format\"")) + "}");

        assertThat(answer.at("/choices/0/message/content"))
                .startsWith("Here is what I see:\n```json\n{\"has_pet\":true");
    }

    @Test
    void stopsWritingAtMaxTokens() throws Exception {
        String asked = TestingProviderClient.detection(TestingProviderClient.dataUrl(photo("cat.png")));
        var answer = client.ark("/chat/completions", asked.replace("\"max_tokens\":300", "\"max_tokens\":5"));

        assertThat(answer.at("/choices/0/finish_reason")).isEqualTo("length");
        assertThat(answer.at("/choices/0/message/content")).hasSize(20);
    }

    @Test
    void refusesPhotosThatAreNone() throws Exception {
        assertThat(visionCode(TestingProviderClient.dataUrl(photo("not-an-image"))))
                .isEqualTo("400 InvalidImageURL.InvalidFormat");
        assertThat(visionCode(simulator.baseUrl() + "/photos/not-an-image"))
                .isEqualTo("400 InvalidImageURL.InvalidFormat");
        assertThat(visionCode(simulator.baseUrl() + "/photos/gone.png")).isEqualTo("400 InvalidImageURL.Unreachable");
        assertThat(visionCode("file:///etc/hosts")).isEqualTo("400 InvalidImageURL.InvalidFormat");
        assertThat(visionCode("")).isEqualTo("400 InvalidImageURL.EmptyURL");
    }

    @Test
    void saysWhatTheModelsReceived() throws Exception {
        BufferedImage picture = new BufferedImage(400, 300, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(new Color(0x206040));
        graphics.fillRect(0, 0, 400, 150);
        graphics.dispose();
        byte[] plain = PictureCodec.jpeg(picture);
        byte[] comment = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xFE, 0, 4, 'h', 'i'};
        byte[] jpeg = Arrays.copyOf(comment, comment.length + plain.length - 2 + 1);
        System.arraycopy(plain, 2, jpeg, comment.length, plain.length - 2);
        String photo = "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
        client.ark("/chat/completions", TestingProviderClient.detection(photo));
        client.ark("/images/generations", """
                {"model":"doubao-seedream-5-0-260128","prompt":"a cat","watermark":false,"image":"%s"}""".formatted(TestingProviderClient.dataUrl(PictureCodec.png(picture))));

        JsonNode received = client.get("/received").json();

        assertThat(received).hasSize(2);
        assertThat(received.at("/0/provider").stringValue()).isEqualTo("vision");
        assertThat(received.at("/0/type").stringValue()).isEqualTo("image/jpeg");
        assertThat(received.at("/0/declared_type").stringValue()).isEqualTo("image/jpeg");
        assertThat(received.at("/0/width").intValue()).isEqualTo(400);
        assertThat(received.at("/0/height").intValue()).isEqualTo(300);
        assertThat(received.at("/0/metadata")).hasToString("[\"COM\",\"after the end\"]");
        assertThat(received.at("/0/corners").get(2).stringValue()).isEqualTo("#000000");
        assertThat(received.at("/1/provider").stringValue()).isEqualTo("text-to-image");
        assertThat(received.at("/1/metadata")).isEmpty();
        assertThat(received.at("/1/corners")).hasToString("[\"#206040\",\"#206040\",\"#000000\",\"#000000\"]");
        assertThat(client.get("/received/" + received.at("/0/sha256").stringValue())
                        .bytes())
                .isEqualTo(jpeg);
    }

    @Test
    void refusesAWrongKey() throws Exception {
        for (String path : new String[] {"/chat/completions", "/images/generations"}) {
            URI url = URI.create(simulator.baseUrl() + "/api/v3" + path);
            var none = client.send(TestingProviderClient.post(url, "{}"));
            var wrong = client.send(TestingProviderClient.post(url, "{}").header("Authorization", "Bearer simulator"));

            assertThat(none.status()).isEqualTo(401);
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.at("/error/code")).isEqualTo("AuthenticationError");
            assertThat(wrong.at("/error/type")).isEqualTo("Unauthorized");
            assertThat(wrong.at("/error/message")).contains("Request id: ");
        }
    }

    @Test
    void drawsAPictureAndShowsIt() throws Exception {
        var answer = client.generate("a ginger cat, watercolor");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/data/0/size")).isEqualTo("512x512");
        assertThat(answer.json().at("/usage/generated_images").intValue()).isEqualTo(1);
        var picture = client.getUrl(answer.at("/data/0/url"));
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/jpeg");
        assertThat(PictureCodec.size(picture.bytes())).contains(new PictureCodec.Size(512, 512));
    }

    @Test
    void answersThePictureItselfWhenAsked() throws Exception {
        var answer = client.ark(
                "/images/generations", TestingProviderClient.generation("a dog").replace("\"url\"", "\"b64_json\""));

        byte[] picture = Base64.getDecoder().decode(answer.at("/data/0/b64_json"));
        assertThat(PictureCodec.size(picture)).contains(new PictureCodec.Size(512, 512));
    }

    @Test
    void refusesInvalidGenerations() throws Exception {
        String valid = TestingProviderClient.generation("a cat");
        assertThat(generationCode("{")).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(valid.replace("\"prompt\"", "\"promt\""))).isEqualTo("400 MissingParameter");
        assertThat(generationCode(valid.replace("512x512", "64x64"))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(valid.replace("512x512", "large"))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(valid.replace("\"url\"", "\"gif\""))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(valid.replace("false", "\"no\""))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(valid.replace("doubao-seedream-3-0-t2i-250415", "dall-e")))
                .isEqualTo("404 InvalidEndpointOrModel.NotFound");
        assertThat(generationCode(valid.replace("seedream-3-0-t2i-250415", "seedream-4-0-250828")))
                .isEqualTo("400 InvalidParameter");
        assertThat(generationCode("{\"model\":\"doubao-seedream-4-0-250828\",\"prompt\":\"a cat\",\"size\":\"1K\"}"))
                .isEqualTo("200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "doubao-seedream-4-0-250828, 1K, 200",
        "doubao-seedream-4-0-250828, 3K, 400 InvalidParameter",
        "doubao-seedream-4-0-250828, 959x960, 400 InvalidParameter",
        "doubao-seedream-4-0-250828, 960x960, 200",
        "doubao-seedream-4-5-251128, 1K, 400 InvalidParameter",
        "doubao-seedream-4-5-251128, 1024x1024, 400 InvalidParameter",
        "doubao-seedream-5-0-260128, 1920x1920, 200",
        "doubao-seedream-5-0-260128, 1920x1919, 400 InvalidParameter",
        "doubao-seedream-5-0-260128, 99999x99999, 400 InvalidParameter",
        "doubao-seedream-5-0-260128, 8192x511, 400 InvalidParameter"
    })
    void takesTheSizesThatTheModelTakes(String model, String size, String code) throws Exception {
        String request = "{\"model\":\"%s\",\"prompt\":\"a cat\",\"size\":\"%s\"}".formatted(model, size);
        assertThat(generationCode(request).strip()).isEqualTo(code);
    }

    @Test
    void drawsThePetInTheColoursOfThePhoto() throws Exception {
        String green = TestingProviderClient.dataUrl(photo(new Color(0x2FA84F)));
        String blue = TestingProviderClient.dataUrl(photo(new Color(0x3060D0)));

        Color likeGreen = coat("\"" + green + "\"");
        Color likeBlue = coat("[\"" + blue + "\", \"" + green + "\"]");

        assertThat(likeGreen.getGreen()).isGreaterThan(likeGreen.getBlue() + 40);
        assertThat(likeBlue.getBlue()).isGreaterThan(likeBlue.getGreen() + 40);
        assertThat(coat("null").getRed()).as("a ginger cat from words alone").isGreaterThan(160);
    }

    @Test
    void refusesPhotosThatTheModelDoesNotTake() throws Exception {
        String valid = TestingProviderClient.generation("a cat");
        String photo = TestingProviderClient.dataUrl(photo(Color.GREEN));
        String current = "{\"model\":\"doubao-seedream-4-0-250828\",\"prompt\":\"a cat\",\"size\":\"1K\",\"image\":%s}";

        assertThat(generationCode(valid.replace("{", "{\"image\":\"" + photo + "\",")))
                .isEqualTo("400 InvalidParameter");
        assertThat(generationCode(current.formatted("\"data:image/png;base64,AAAA\"")))
                .isEqualTo("400 InvalidImageURL.InvalidFormat");
        assertThat(generationCode(current.formatted("[]"))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(current.formatted("7"))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(current.formatted("\"" + photo + "\""))).isEqualTo("200 ");
    }

    @Test
    void makesATransparentBackgroundWhereThePromptAsksForIt() throws Exception {
        String request =
                "{\"model\":\"doubao-seedream-5-0-260128\",\"prompt\":\"a cat, on a %s background\",\"size\":\"2K\",\"output_format\":\"%s\"}";

        BufferedImage transparent = generated(request.formatted("transparent", "png"));
        BufferedImage plain = generated(request.formatted("plain", "png"));
        BufferedImage jpeg = generated(request.formatted("transparent", "jpeg"));

        assertThat(transparent.getRGB(3, 3) >>> 24).isZero();
        assertThat(transparent.getRGB(1024, 800) >>> 24).isEqualTo(255);
        assertThat(plain.getRGB(3, 3) >>> 24).isEqualTo(255);
        assertThat(jpeg.getRGB(3, 3) >>> 24).isEqualTo(255);
        assertThat(generationCode(request.formatted("plain", "gif"))).isEqualTo("400 InvalidParameter");
        assertThat(generationCode(request.formatted("plain", "png").replace("5-0-260128", "4-5-251128")))
                .isEqualTo("400 InvalidParameter");
    }

    private BufferedImage generated(String request) throws Exception {
        String url = client.ark("/images/generations", request).at("/data/0/url");
        return PictureCodec.decode(client.getUrl(url).bytes()).orElseThrow();
    }

    /** The mean colour of the pet that is drawn after this photo. */
    private Color coat(String image) throws Exception {
        var answer = client.ark(
                "/images/generations",
                "{\"model\":\"doubao-seedream-4-0-250828\",\"prompt\":\"a ginger cat, cartoon\",\"size\":\"1K\",\"image\":%s}"
                        .formatted(image));
        BufferedImage cutOut = decoded(client.cutOut(answer.at("/data/0/url")));
        int[] visible = Arrays.stream(cutOut.getRGB(0, 0, 1024, 1024, null, 0, 1024))
                .filter(pixel -> pixel >>> 24 == 255)
                .toArray();
        return new Color(mean(visible, 16), mean(visible, 8), mean(visible, 0));
    }

    private static int mean(int[] pixels, int shift) {
        return (int) Arrays.stream(pixels)
                .map(pixel -> pixel >> shift & 0xFF)
                .average()
                .orElseThrow();
    }

    private static byte[] photo(Color coat) {
        BufferedImage photo = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = photo.createGraphics();
        graphics.setColor(coat);
        graphics.fillOval(75, 40, 150, 120);
        graphics.dispose();
        return PictureCodec.png(photo);
    }

    @Test
    void cutsTheGeneratedPictureOut() throws Exception {
        String url = client.generate("a grey cat, cartoon").at("/data/0/url");

        var answer = client.cutOut(url);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("code").intValue()).isEqualTo(10000);
        assertThat(answer.json().path("data").path("image_urls").size()).isZero();
        BufferedImage cutOut = decoded(answer);
        assertThat(cutOut.getWidth()).isEqualTo(512);
        assertThat(cutOut.getRGB(3, 3) >>> 24).isZero();
        assertThat(cutOut.getRGB(256, 200) >>> 24).isEqualTo(255);
    }

    @Test
    void cutsOutAPictureFromElsewhere() throws Exception {
        var answer = client.cutOut(simulator.baseUrl() + "/photos/cat.png");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(decoded(answer).getWidth()).isEqualTo(451);
    }

    @Test
    void refusesInvalidCutOuts() throws Exception {
        String base = simulator.baseUrl().toString();
        assertThat(client.cutOut(base + "/photos/gone.png").at("/code")).isEqualTo("50220");
        assertThat(client.cutOut(base + "/photos/not-an-image").at("/code")).isEqualTo("50207");
        assertThat(client.send(client.signed("{\"req_key\":\"other\"}", "simulator-secret-key", null))
                        .at("/code"))
                .isEqualTo("50400");
    }

    @Test
    void answersAsTheGatewayWhenTheSignatureIsWrong() throws Exception {
        var wrongKey = client.send(client.signed("{}", "another-secret-key", null));
        var wrongBody = client.send(client.signed("{}", "simulator-secret-key", "{ }"));

        assertThat(wrongKey.status()).isEqualTo(401);
        assertThat(wrongKey.json().at("/ResponseMetadata/Error/CodeN").intValue())
                .isEqualTo(100010);
        assertThat(wrongKey.at("/ResponseMetadata/Error/Code")).isEqualTo("SignatureDoesNotMatch");
        assertThat(wrongKey.at("/ResponseMetadata/RequestId")).isNotEmpty();
        assertThat(wrongBody.json().at("/ResponseMetadata/Error/CodeN").intValue())
                .isEqualTo(100010);
    }

    @Test
    void followsTheRulesForPrompts() throws Exception {
        var moderated = client.generate("a cat, moderated-prompt");

        assertThat(moderated.status()).isEqualTo(400);
        assertThat(moderated.at("/error/code")).isEqualTo("InputTextSensitiveContentDetected");
    }

    @Test
    void failsTwiceForEachPromptWhereTheRuleSaysSo() throws Exception {
        for (String prompt : new String[] {"a cat, flaky-500", "a dog, Flaky-500"}) {
            assertThat(client.generate(prompt).status()).isEqualTo(500);
            assertThat(client.generate(prompt).at("/error/code")).isEqualTo("InternalServiceError");
            assertThat(client.generate(prompt).status()).isEqualTo(200);
            assertThat(client.generate(prompt).status()).isEqualTo(200);
        }
    }

    @Test
    void rulesForMattingSeeThePromptBehindThePicture() throws Exception {
        var risky = client.cutOut(client.generate("a cat, risky-cutout").at("/data/0/url"));
        var jammed = client.cutOut(client.generate("a cat, jammed").at("/data/0/url"));
        var broken = client.cutOut(client.generate("a cat, broken-cutout").at("/data/0/url"));

        assertThat(risky.status()).isEqualTo(400);
        assertThat(risky.json().path("code").intValue()).isEqualTo(50411);
        assertThat(jammed.status()).isEqualTo(429);
        assertThat(jammed.at("/ResponseMetadata/Error/Code")).isEqualTo("FlowLimitExceeded");
        assertThat(broken.status()).isEqualTo(200);
        BufferedImage nothing = decoded(broken);
        assertThat(nothing.getRGB(0, 0, 512, 512, null, 0, 512)).containsOnly(0);
    }

    @Test
    void countsWhatItDid() throws Exception {
        for (String requestId : new String[] {"one", "one", "two"}) {
            HttpRequest.Builder request =
                    client.arkRequest("/images/generations", TestingProviderClient.generation("a cat"));
            client.send(request.header("X-Client-Request-Id", requestId));
        }
        client.ark("/images/generations", "{}");

        JsonNode stats = client.get("/stats").json().at("/providers/text-to-image");

        assertThat(stats.path("calls").intValue()).isEqualTo(4);
        assertThat(stats.at("/answered/200/ok").intValue()).isEqualTo(3);
        assertThat(stats.at("/answered/400/MissingParameter").intValue()).isEqualTo(1);
        assertThat(stats.path("max_in_flight").intValue()).isEqualTo(1);
        assertThat(stats.path("in_flight").intValue()).isZero();
        assertThat(stats.path("billed").intValue()).isEqualTo(3);
        assertThat(stats.path("distinct_billed").intValue()).isEqualTo(2);
        assertThat(stats.path("duplicates_billed").intValue()).isEqualTo(1);

        client.send(TestingProviderClient.post(simulator.baseUrl().resolve("/stats/reset"), ""));
        assertThat(client.get("/stats").at("/providers/text-to-image/calls")).isEqualTo("0");
    }

    @Test
    void hasPhotosToSubmit() throws Exception {
        assertThat(PictureCodec.size(photo("cat.png"))).contains(new PictureCodec.Size(451, 300));
        assertThat(PictureCodec.size(photo("flat.png"))).isPresent();
        assertThat(PictureCodec.size(photo("not-an-image"))).isEmpty();
        assertThat(client.get("/photos/none.png").status()).isEqualTo(404);
        assertThat(client.get("/nowhere").status()).isEqualTo(404);
    }

    private byte[] photo(String name) throws Exception {
        return client.get("/photos/" + name).bytes();
    }

    private String visionCode(String imageUrl) throws Exception {
        var answer = client.ark("/chat/completions", TestingProviderClient.detection(imageUrl));
        return answer.status() + " " + answer.at("/error/code");
    }

    private String generationCode(String body) throws Exception {
        var answer = client.ark("/images/generations", body);
        return answer.status() + " " + answer.at("/error/code");
    }

    private static BufferedImage decoded(TestingProviderClient.Answer answer) {
        byte[] png = Base64.getDecoder().decode(answer.at("/data/binary_data_base64/0"));
        return PictureCodec.decode(png).orElseThrow();
    }
}
