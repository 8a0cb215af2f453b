package io.pawline.e2e;

import java.io.IOException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Asks a service for its readiness, as Kubernetes does. */
record Health(String service) {

    private static final OkHttpClient HTTP =
            new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(5)).build();

    boolean ready() {
        Request request = new Request.Builder()
                .url(service + "/actuator/health/readiness")
                .build();
        try (Response answer = HTTP.newCall(request).execute()) {
            return answer.code() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
