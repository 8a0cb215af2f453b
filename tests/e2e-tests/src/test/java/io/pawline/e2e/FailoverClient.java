package io.pawline.e2e;

import io.pawline.local.PatientHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.databind.json.JsonMapper;

/**
 * Submits to several processes of ingest-service, like a client behind a load balancer: if one does not take a task, it
 * goes to the next, with the same {@code Idempotency-Key}. Thread-safe.
 */
final class FailoverClient {

    private static final JsonMapper JSON = new JsonMapper();

    private final OkHttpClient http = PatientHttp.client(Duration.ofSeconds(30)).build();
    private final List<String> addresses;
    private final String callbackUrl;

    FailoverClient(List<String> addresses, String callbackUrl) {
        this.addresses = List.copyOf(addresses);
        this.callbackUrl = callbackUrl;
    }

    /**
     * Submits a photo and returns the id of the task.
     *
     * @param traceParent of the client's trace; empty: it has none
     * @throws IOException if none of the processes took it
     */
    String submit(String photoUrl, String style, String traceParent) throws IOException {
        String json =
                JSON.writeValueAsString(Map.of("image_url", photoUrl, "style", style, "callback_url", callbackUrl));
        String key = UUID.randomUUID().toString();
        IOException refused = new IOException("no process of ingest-service took the task");
        for (String address : addresses) {
            Request.Builder request = new Request.Builder()
                    .url(address + "/v1/tasks")
                    .header("Idempotency-Key", key)
                    .post(RequestBody.create(json, MediaType.get("application/json")));
            if (!traceParent.isEmpty()) {
                request.header("traceparent", traceParent);
            }
            try (Response answer = http.newCall(request.build()).execute()) {
                String text = answer.body().string();
                if (answer.code() == 202) {
                    return JSON.readTree(text).path("task_id").asString("");
                }
                refused.addSuppressed(new IOException(address + " answered " + answer.code() + " " + text));
            } catch (IOException notThere) {
                refused.addSuppressed(notThere);
            }
        }
        throw refused;
    }
}
