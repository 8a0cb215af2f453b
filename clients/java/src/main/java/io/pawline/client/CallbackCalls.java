package io.pawline.client;

import io.pawline.client.model.Callback;
import io.pawline.client.model.CallbackPage;
import io.pawline.client.model.Delivery;
import io.pawline.client.model.TestDelivery;
import io.pawline.client.model.TestDeliveryResult;
import io.pawline.client.model.WebhookSecret;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The part of the API that concerns callbacks. It fails as {@link PawlineClient} does. Thread-safe. */
public final class CallbackCalls {

    private static final String SECRET = "/v1/webhook-secret";

    private final HttpCalls calls;

    CallbackCalls(HttpCalls calls) {
        this.calls = calls;
    }

    /** Returns how far the callback of a task has come, and its attempts. */
    public Delivery getDelivery(UUID taskId) throws InterruptedException {
        return calls.call(ApiCall.of("GET", callback(taskId)), Delivery.class);
    }

    /** Has the callback of a task sent again. Sent again only if Pawline did not process the request. */
    public Callback resend(UUID taskId) throws InterruptedException {
        return calls.call(ApiCall.of("POST", callback(taskId)).once(), Callback.class);
    }

    /**
     * Returns a page of undelivered callbacks, newest task first.
     *
     * @param cursor the {@code next_cursor} of the page before; null for the first page
     */
    public CallbackPage listUndelivered(@Nullable String cursor) throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>(Map.of("state", "undelivered"));
        if (cursor != null) {
            query.put("cursor", cursor);
        }
        return calls.call(ApiCall.of("GET", "/v1/callbacks" + Query.of(query)), CallbackPage.class);
    }

    /**
     * Has an example of a callback sent to a receiver.
     *
     * @param receiver null for the operator's default
     */
    public TestDeliveryResult sendTest(@Nullable URI receiver) throws InterruptedException {
        return calls.call(
                ApiCall.of("POST", "/v1/callbacks/test")
                        .json(new TestDelivery().callbackUrl(receiver))
                        .once(),
                TestDeliveryResult.class);
    }

    /** Returns the secrets that sign the callbacks of the tenant. */
    public WebhookSecret getSecret() throws InterruptedException {
        return secret(ApiCall.of("GET", SECRET));
    }

    /**
     * Makes a new secret.
     *
     * @param overlap how long the secret until now still signs, 720 hours at most
     */
    public WebhookSecret rotateSecret(Duration overlap) throws InterruptedException {
        String query = Query.of(Map.of("overlap", overlap.toSeconds() + "s"));
        return secret(ApiCall.of("POST", SECRET + "/rotate" + query).once());
    }

    /** Ends the secret before the current one. */
    public WebhookSecret endPreviousSecret() throws InterruptedException {
        return secret(ApiCall.of("DELETE", SECRET + "/previous"));
    }

    /** Lets the secret that all tenants share sign beside the tenant's, or no more. */
    public WebhookSecret useSharedSecret(boolean signs) throws InterruptedException {
        return secret(ApiCall.of(signs ? "PUT" : "DELETE", SECRET + "/shared"));
    }

    private WebhookSecret secret(ApiCall call) throws InterruptedException {
        return calls.call(call, WebhookSecret.class);
    }

    private static String callback(UUID taskId) {
        return "/v1/tasks/" + taskId + "/callback";
    }
}
