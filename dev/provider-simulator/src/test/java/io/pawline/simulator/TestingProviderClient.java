package io.pawline.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the providers as the tests need it. */
final class TestingProviderClient implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final DateTimeFormatter X_DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final Clock clock;

    TestingProviderClient(URI base, Clock clock) {
        this.base = base;
        this.clock = clock;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] bytes, HttpHeaders headers) {
        JsonNode json() {
            return JSON.readTree(bytes);
        }

        String at(String pointer) {
            return json().at(pointer).asString("");
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path)));
    }

    Answer getUrl(String url) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    Answer ark(String path, String body) throws IOException, InterruptedException {
        return send(arkRequest(path, body));
    }

    CompletableFuture<Answer> arkAsync(String path, String body) {
        return client.sendAsync(arkRequest(path, body).build(), HttpResponse.BodyHandlers.ofByteArray())
                .thenApply(TestingProviderClient::answer);
    }

    CompletableFuture<Integer> postAsync(URI url, String body) {
        return client.sendAsync(post(url, body).build(), HttpResponse.BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode);
    }

    static HttpRequest.Builder post(URI url, String body) {
        return HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpRequest.Builder arkRequest(String path, String body) {
        return post(base.resolve("/api/v3" + path), body).header("Authorization", "Bearer simulator-ark-key");
    }

    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return answer(
                client.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    Answer sendWithin(Duration timeout, HttpRequest.Builder request) throws IOException, InterruptedException {
        return answer(client.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    Answer openAi(String path, String body) throws IOException, InterruptedException {
        return send(post(base.resolve("/v1" + path), body).header("Authorization", "Bearer simulator-ark-key"));
    }

    Answer generate(String prompt) throws IOException, InterruptedException {
        return ark("/images/generations", generation(prompt));
    }

    static String generation(String prompt) {
        return """
                {"model":"doubao-seedream-3-0-t2i-250415","prompt":%s,"size":"512x512","response_format":"url",
                 "seed":-1,"guidance_scale":2.5,"watermark":false}""".formatted(JSON.writeValueAsString(prompt));
    }

    static String detection(String imageUrl) {
        return """
                {"model":"doubao-seed-1-6-vision-250815","thinking":{"type":"disabled"},"max_tokens":300,
                 "messages":[{"role":"user","content":[
                  {"type":"image_url","image_url":{"url":"%s","detail":"low"}},{"type":"text","text":"Is there a pet?"}]}],
                 "response_format":{"type":"json_schema","json_schema":{"name":"pet_detection","strict":true,
                  "schema":{"type":"object"}}}}""".formatted(imageUrl);
    }

    static String dataUrl(byte[] bytes) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
    }

    Answer cutOut(String imageUrl) throws IOException, InterruptedException {
        return send(signed(
                "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"%s\"],\"only_mask\":3,\"rgb\":[-1,-1,-1],\"refine_mask\":2}"
                        .formatted(imageUrl),
                "simulator-secret-key",
                null));
    }

    /** A signed request; its body hash is another's if {@code claimedBody} is given. */
    HttpRequest.Builder signed(String body, String secretKey, @Nullable String claimedBody) {
        String date = X_DATE.format(clock.instant());
        String hash = Hashes.sha256((claimedBody == null ? body : claimedBody).getBytes(StandardCharsets.UTF_8));
        String host = base.getAuthority();
        String canonical = "POST\n/\nAction=CVProcess&Version=2022-08-31\n"
                + "content-type:application/json\nhost:%s\nx-content-sha256:%s\nx-date:%s\n\n"
                        .formatted(host, hash, date)
                + "content-type;host;x-content-sha256;x-date\n" + hash;
        String scope = date.substring(0, 8) + "/cn-north-1/cv/request";
        String text = "HMAC-SHA256\n" + date + "\n" + scope + "\n"
                + Hashes.sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = secretKey.getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(date.substring(0, 8), "cn-north-1", "cv", "request")) {
            key = Hashes.hmac(key, part);
        }
        return post(base.resolve("/?Action=CVProcess&Version=2022-08-31"), body)
                .header("X-Date", date)
                .header("X-Content-Sha256", hash)
                .header(
                        "Authorization",
                        "HMAC-SHA256 Credential=AKLTSIMULATOR/" + scope
                                + ", SignedHeaders=content-type;host;x-content-sha256;x-date, Signature="
                                + HexFormat.of().formatHex(Hashes.hmac(key, text)));
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        return new Answer(response.statusCode(), response.body(), response.headers());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
