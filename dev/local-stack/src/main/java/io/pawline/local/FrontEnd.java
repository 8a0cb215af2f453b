package io.pawline.local;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays a front end: submits a photo, follows its task, and fetches the pictures and the webhook secret. */
final class FrontEnd {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final OkHttpClient http = PatientHttp.client(Duration.ofSeconds(30)).build();
    private final String ingest;
    private final Headers credentials;

    /**
     * @param ingest address of ingest-service, without a path
     */
    FrontEnd(String ingest) {
        this(ingest, Optional.empty());
    }

    /** @param key the API key; empty: ingest-service requires none */
    FrontEnd(String ingest, Optional<String> key) {
        this.ingest = ingest;
        this.credentials =
                key.map(known -> Headers.of("Authorization", "Bearer " + known)).orElse(Headers.of());
    }

    /** Submits a photo and returns the id of its task. */
    String submit(byte[] photo, String style, URI callback) throws IOException {
        RequestBody form = new MultipartBody.Builder()
                .setType(MultipartBody.FORM)
                .addFormDataPart("style", style)
                .addFormDataPart("callback_url", callback.toString())
                .addFormDataPart("image", "photo", RequestBody.create(photo, MediaType.get("application/octet-stream")))
                .build();
        try (Response answer = http.newCall(new Request.Builder()
                        .url(ingest + "/v1/tasks")
                        .headers(credentials)
                        .post(form)
                        .build())
                .execute()) {
            JsonNode body = JSON.readTree(answer.body().string());
            if (answer.code() != 202) {
                throw new IllegalStateException(
                        "the photo was not accepted: " + body.path("detail").asString("HTTP " + answer.code()));
            }
            return body.path("task_id").asString("");
        }
    }

    /** Follows the task until it is over, and reports each stage that it reaches and its final state. */
    void follow(String task, Duration atMost, Consumer<String> progress) throws IOException, InterruptedException {
        URI address = URI.create(ingest + "/v1/tasks/" + task);
        String shown = "";
        for (long end = System.nanoTime() + atMost.toNanos(); System.nanoTime() < end; ) {
            JsonNode state = JSON.readTree(download(address, credentials));
            boolean open = state.path("state").asString("").equals("processing");
            String now = state.path(open ? "stage" : "state").asString("");
            if (!now.equals(shown)) {
                progress.accept(now);
                shown = now;
            }
            if (!open) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        }
        throw new IllegalStateException("the task did not end within " + atMost.toSeconds() + " s; it is in " + shown);
    }

    /** Fetches the secret that signs the callbacks of the key's tenant. */
    String webhookSecret() throws IOException {
        byte[] answer = download(URI.create(ingest + "/v1/webhook-secret"), credentials);
        return JSON.readTree(answer).at("/current/secret").asString("");
    }

    byte[] download(URI url) throws IOException {
        return download(url, Headers.of());
    }

    private byte[] download(URI url, Headers with) throws IOException {
        try (Response answer = http.newCall(
                        new Request.Builder().url(url.toString()).headers(with).build())
                .execute()) {
            if (answer.code() != 200) {
                throw new IllegalStateException("GET " + url.getPath() + " answered " + answer.code());
            }
            return answer.body().bytes();
        }
    }
}
