package io.pawline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code check providers} says about providers that work, and about each thing that can be wrong with them. */
class ProvidersCommandTest {

    private static final String ARK_KEY = "ark-0f3d-secret";
    private static final String SECRET_KEY = "visual-8c21-secret";
    private static final String PICTURE = "https://ark-content.example/a.jpeg?X-Tos-Signature=s3cr3t";

    private static final String CHAT = "/api/v3/chat/completions";
    private static final String GENERATION = "/api/v3/images/generations";
    private static final String VISUAL = "/";

    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private final MockWebServer server = new MockWebServer();
    private final Map<String, MockResponse> answers = new ConcurrentHashMap<>(Map.of(
            CHAT, answer(200, "{\"choices\":[{\"message\":{\"content\":\"{\\\"has_pet\\\":false}\"}}]}"),
            GENERATION, answer(200, "{\"data\":[{\"url\":\"" + PICTURE + "\"}]}"),
            VISUAL, answer(200, "{\"code\":10000,\"data\":{\"binary_data_base64\":[\"" + PNG + "\"]}}")));
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return Objects.requireNonNull(
                        answers.get(Objects.requireNonNull(request.getUrl()).encodedPath()));
            }
        });
        server.start();
        environment.putAll(Map.of(
                "PAWLINE_ARK_BASEURL",
                server.url("/api/v3").toString(),
                "PAWLINE_ARK_APIKEY",
                ARK_KEY,
                "PAWLINE_MATTING_BASEURL",
                server.url("/").toString(),
                "PAWLINE_MATTING_ACCESSKEY",
                "AKLTEXAMPLE",
                "PAWLINE_MATTING_SECRETKEY",
                SECRET_KEY));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void callsEachProviderOnceAsTheStagesDo() throws Exception {
        CommandRun check = check();

        assertThat(check.exit()).as(check.out()).isZero();
        assertThat(check.lines()).hasSize(3).allMatch(line -> line.startsWith("OK"));
        assertThat(server.getRequestCount()).isEqualTo(3);
        JsonNode question = sent(CHAT);
        assertThat(question.path("model").asString()).isEqualTo("doubao-seed-2-0-lite-260215");
        assertThat(question.at("/messages/0/content/0/image_url/url").asString())
                .startsWith("data:image/png;base64,iVBOR");
        assertThat(question.at("/response_format/type").asString()).isEqualTo("json_schema");
        JsonNode order = sent(GENERATION);
        assertThat(order.path("model").asString()).isEqualTo("doubao-seedream-5-0-260128");
        assertThat(order.path("size").asString()).isEqualTo("2K");
        assertThat(sent(VISUAL).at("/image_urls/0").asString()).isEqualTo(PICTURE);
    }

    @Test
    void callsOnlyTheProvidersThatAreNamedWithTheModelsThatAreNamed() throws Exception {
        environment.put("PAWLINE_DETECT_MODEL", "ep-1");

        CommandRun check = check("text-to-image", "--image-model=doubao-seedream-4-0-250828", "--image-size=1K");

        assertThat(check.exit()).isZero();
        assertThat(check.lines())
                .singleElement()
                .asString()
                .startsWith("OK       text-to-image    doubao-seedream-4-0-250828");
        assertThat(server.getRequestCount()).isEqualTo(1);
        JsonNode order = sent(GENERATION);
        assertThat(order.path("model").asString()).isEqualTo("doubao-seedream-4-0-250828");
        assertThat(order.path("size").asString()).isEqualTo("1K");
    }

    @Test
    void callsAGatewayThatSpeaksTheOpenAiImagesApi() throws Exception {
        environment.put("PAWLINE_GENERATE_BASEURL", server.url("/v1").toString());
        environment.put("PAWLINE_GENERATE_APIKEY", "sk-77-secret");
        answers.put("/v1/images/generations", answer(200, "{\"data\":[{\"b64_json\":\"" + PNG + "\"}]}"));

        CommandRun check = check(
                "text-to-image", "--image-format=openai-images", "--image-model=gpt-image-2", "--image-size=1024x1024");

        assertThat(check.exit()).as(check.out()).isZero();
        assertThat(check.lines()).singleElement().asString().startsWith("OK       text-to-image    gpt-image-2 at");
        JsonNode order = sent("/v1/images/generations");
        assertThat(order.path("model").asString()).isEqualTo("gpt-image-2");
        assertThat(order.has("response_format")).isFalse();
        assertThat(order.has("watermark")).isFalse();
    }

    @Test
    void saysWhyAGatewayMakesNoPicture() throws Exception {
        environment.put("PAWLINE_GENERATE_FORMAT", "openai-images");
        environment.put("PAWLINE_GENERATE_BASEURL", server.url("/v1").toString());
        answers.put(
                "/v1/images/generations",
                answer(
                        400,
                        "{\"error\":{\"code\":\"billing_hard_limit_reached\",\"message\":\"Billing hard limit\"}}"));

        CommandRun check = check("text-to-image");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out()).contains("the account is overdue").doesNotContain(ARK_KEY);
        assertThat(check("text-to-image", "--image-format=midjourney").out())
                .contains("--image-format must be ark or openai-images, was \"midjourney\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    401 | AuthenticationError             |                | refuses the key, or its rights: Ark answered 401 AuthenticationError | see that PAWLINE_ARK_APIKEY
                    403 | AccountOverdueError             |                | the account is overdue            | pay the bill or add credit
                    404 | ModelNotOpen                    |                | the model is not opened           | open (开通) it in the console of Ark
                    404 | InvalidEndpointOrModel.NotFound |                | the account has no such model     | see that the model's name is right
                    400 | InvalidEndpoint.ClosedEndpoint  |                | the endpoint is closed            | start it in the console of Ark
                    400 | InvalidParameter                | size           | refuses a parameter or the service | check the setting pawline.generate.size
                    429 | SetLimitExceeded                |                | the quota is used up              | raise the quota in the console
                    429 | ServerOverloaded                |                | has no room for a call now        | try again later
                    500 | InternalServiceError            |                | Ark answered 500                  | InternalServiceError
                    """)
    void saysWhatIsWrongWithArk(int status, String code, String parameter, String what, String advice) {
        answers.put(GENERATION, answer(status, """
                {"error":{"code":"%s","message":"no, %s","param":"%s"}}
                """.formatted(code, ARK_KEY, parameter == null ? "" : parameter)));

        CommandRun check = check("text-to-image", "matting");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.lines().getFirst())
                .startsWith("FAIL     text-to-image")
                .contains(what)
                .contains(advice);
        assertThat(check.lines().get(1)).startsWith("SKIPPED  matting").contains("there is no picture to cut out");
        assertSaysNoSecret(check);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    401 | {"ResponseMetadata":{"Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch"}}} | refuses the key | belong together
                    401 | {"ResponseMetadata":{"Error":{"CodeN":100006,"Code":"InvalidTimestamp"}}} | refuses the time | synchronise the clock
                    400 | {"code":50400,"message":"Access Denied"}                                  | refuses a parameter or the service | (主体分割) is opened
                    """)
    void saysWhatIsWrongWithTheVisualApi(int status, String body, String what, String advice) {
        answers.put(VISUAL, answer(status, body));

        CommandRun check = check("matting", "--picture=https://pictures.example/cat.jpg");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.lines())
                .singleElement()
                .asString()
                .startsWith("FAIL     matting")
                .contains(what)
                .contains(advice);
        assertSaysNoSecret(check);
    }

    @Test
    void saysWhatToDoIfACallTakesTooLong() {
        answers.put(
                GENERATION,
                new MockResponse.Builder()
                        .onResponseStart(SocketEffect.Stall.INSTANCE)
                        .build());

        CommandRun check = check("text-to-image", "--timeout=1");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out())
                .contains("Seedream may take minutes")
                .contains("pawline.generate.call-timeout")
                .contains("pawline.generate.stage.drain");
    }

    @Test
    void saysThatNobodyIsReached() {
        CommandRun check = check("vision", "--ark-url=http://127.0.0.1:1/api/v3");

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out()).contains("is not reached").contains("see that the address and its region are right");
    }

    @Test
    void callsEveryFurtherProviderOfAStageAndNamesIt() throws Exception {
        answers.put("/second/images/generations", answer(401, "{\"error\":{\"code\":\"AuthenticationError\"}}"));
        answers.put("/picture.png", answer(200, "a picture"));
        answers.put("/v1/cut-out", answer(503, ""));
        environment.putAll(Map.of(
                "PAWLINE_DETECT_FALLBACKS_SMALL_MODEL", "ep-small",
                "PAWLINE_GENERATE_FALLBACKS_SECOND_BASEURL",
                        server.url("/second").toString(),
                "PAWLINE_GENERATE_FALLBACKS_SECOND_APIKEY", "another-s3cr3t",
                "PAWLINE_GENERATE_FALLBACKS_SECOND_MODEL", "ep-second",
                "PAWLINE_GENERATE_FALLBACKS_SECOND_LIMITS_CALLCOST", "0.2",
                "PAWLINE_MATTING_FALLBACKS_OWNMODEL_FORMAT", "pawline-matting",
                "PAWLINE_MATTING_FALLBACKS_OWNMODEL_BASEURL", server.url("/").toString()));

        CommandRun check = check("--picture=" + server.url("/picture.png"));

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("OK       vision  "),
                        line -> assertThat(line)
                                .startsWith("OK       vision small")
                                .contains("ep-small at"),
                        line -> assertThat(line).startsWith("OK       text-to-image  "),
                        line -> assertThat(line)
                                .startsWith("FAIL     text-to-image second")
                                .contains("ep-second at", "refuses the key"),
                        line -> assertThat(line).startsWith("OK       matting  "),
                        line -> assertThat(line)
                                .startsWith("FAIL     matting ownmodel")
                                .contains("has no room for a call now"));
        assertSaysNoSecret(check);
    }

    @Test
    void aFurtherProviderThatLacksASettingIsNamed() {
        environment.put("PAWLINE_MATTING_FALLBACKS_OWNMODEL_FORMAT", "pawline-matting");

        CommandRun check = check("matting", "--picture=" + server.url("/picture.png"));

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.lines().get(1)).startsWith("FAIL     matting ownmodel").contains("its base-url is not set");
    }

    @Test
    void namesTheKeysThatAreMissing() {
        environment.keySet().removeIf(name -> name.endsWith("KEY"));

        CommandRun check = check();

        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.lines()).hasSize(3).allMatch(line -> line.startsWith("FAIL"));
        assertThat(check.out())
                .contains("PAWLINE_ARK_APIKEY is not set")
                .contains("PAWLINE_MATTING_ACCESSKEY is not set");
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void showsNoPasswordThatIsInAnAddress() {
        String ark = server.url("/api/v3").toString().replace("//", "//user:s3cr3t@");
        String visual = server.url("/").toString().replace("//", "//user:s3cr3t@");

        CommandRun check = check("--ark-url=" + ark, "--visual-url=" + visual);

        assertThat(check.lines()).hasSize(3).allMatch(line -> line.contains("http://" + server.getHostName()));
        assertSaysNoSecret(check);
    }

    @Test
    void writesJsonForMachines() {
        answers.put(CHAT, answer(200, "<html>"));

        CommandRun check = check("--json");

        JsonNode document = JsonMapper.shared().readTree(check.out());
        assertThat(check.exit()).isEqualTo(1);
        assertThat(document.path("ok").asBoolean(true)).isFalse();
        assertThat(document.path("findings").size()).isEqualTo(3);
        assertThat(document.at("/findings/0/check").asString()).isEqualTo("vision");
        assertThat(document.at("/findings/0/state").asString()).isEqualTo("FAIL");
        assertThat(document.at("/findings/2/state").asString()).isEqualTo("OK");
        assertSaysNoSecret(check);
    }

    private static void assertSaysNoSecret(CommandRun check) {
        assertThat(check.out() + check.err()).doesNotContain(ARK_KEY, SECRET_KEY, "s3cr3t");
    }

    private CommandRun check(String... arguments) {
        List<String> line = new ArrayList<>(List.of("check", "providers", "--data-dir=/nonexistent"));
        line.addAll(List.of(arguments));
        return CommandRun.of(environment, line);
    }

    private JsonNode sent(String path) throws InterruptedException {
        RecordedRequest request = server.takeRequest();
        assertThat(Objects.requireNonNull(request.getUrl()).encodedPath()).isEqualTo(path);
        return JsonMapper.shared()
                .readTree(Objects.requireNonNull(request.getBody()).utf8());
    }

    private static MockResponse answer(int status, String body) {
        return new MockResponse.Builder().code(status).body(body).build();
    }
}
