package io.pawline.ingest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.outbound.webhook.CallbackBody;
import io.pawline.outbound.webhook.CallbackBody.Notification;
import io.pawline.outbound.webhook.CallbackBody.Result;
import io.pawline.schemas.Reason;
import io.pawline.testkit.Contract;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the bodies of callbacks against the webhook of the contract, from which the clients' types are generated. */
class CallbackContractTest {

    private static final Contract CONTRACT = new Contract("/openapi.yaml");
    private static final String TASK = "0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f";
    private static final URI PICTURE = URI.create("https://images.example/cutout.png");

    @ParameterizedTest
    @MethodSource("callbacks")
    void everyCallbackIsAsTheContractSays(CallbackBody body) {
        CONTRACT.checkWebhook("taskEnded", body.json());
    }

    @Test
    void anotherStateIsNoCallback() {
        CallbackBody body = CallbackBody.failure(1001, notification("processing", null, null, null));
        assertThatThrownBy(() -> CONTRACT.checkWebhook("taskEnded", body.json()))
                .isInstanceOf(AssertionError.class);
    }

    static Stream<CallbackBody> callbacks() {
        return Stream.of(
                CallbackBody.example(TASK, Instant.EPOCH),
                CallbackBody.success(
                        notification("success", Result.of(PICTURE, 9, 9, List.of(), null), null, "{\"shelf\":\"B7\"}")),
                CallbackBody.failure(1001, notification("failed", null, Reason.NO_PET.code(), null)),
                CallbackBody.failure(1001, notification("cancelled", null, "cancelled", null)),
                CallbackBody.failure(1001, notification("expired", null, "expired", null)));
    }

    private static Notification notification(
            String status, @Nullable Result result, @Nullable String reason, @Nullable String metadata) {
        return new Notification(TASK, status, result, reason, "a sentence", 1, 1, "order-1042", metadata, null);
    }
}
