package io.pawline.outbound.visual;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Reads the JSON of an answer of the API or of the gateway before it. Any part may be missing.
 *
 * @param code 10000 if the API did what was asked
 * @param gateway set if the request did not reach the API
 */
record AnswerBody(
        @JsonProperty("code") @Nullable Integer code,
        @JsonProperty("message") @Nullable String message,
        @JsonProperty("request_id") @Nullable String requestId,
        @JsonProperty("data") @Nullable Data data,
        @JsonProperty("ResponseMetadata") @Nullable Gateway gateway) {

    static final int SUCCESS = 10000;
    static final AnswerBody EMPTY = new AnswerBody(null, null, null, null, null);

    record Data(
            @JsonProperty("algorithm_base_resp") @Nullable Algorithm algorithm,

            @JsonProperty(Base64Image.NAME) @JsonDeserialize(contentUsing = Base64Image.class) @Nullable
            List<byte @Nullable []> images,

            @JsonProperty("image_urls") @Nullable List<@Nullable String> urls) {}

    record Algorithm(
            @JsonProperty("status_code") @Nullable Integer status,
            @JsonProperty("status_message") @Nullable String message) {}

    record Gateway(
            @JsonProperty("RequestId") @Nullable String requestId,
            @JsonProperty("Error") @Nullable GatewayError error) {}

    record GatewayError(
            @JsonProperty("CodeN") @Nullable Integer number,
            @JsonProperty("Code") @Nullable String code,
            @JsonProperty("Message") @Nullable String message) {}

    Optional<GatewayError> gatewayError() {
        return Optional.ofNullable(gateway).map(Gateway::error);
    }

    /** The API's or the gateway's name for the call. */
    Optional<String> anyRequestId() {
        return Optional.ofNullable(requestId)
                .or(() -> Optional.ofNullable(gateway).map(Gateway::requestId));
    }

    /** The code of the failure from the gateway, the API or the model; empty if none of them names one. */
    Optional<String> failureCode() {
        return gatewayError()
                .map(error ->
                        error.number() == null ? error.code() : error.number().toString())
                .or(() -> Optional.ofNullable(code)
                        .filter(number -> number != SUCCESS)
                        .map(String::valueOf))
                .or(() -> algorithmFailure().map(Algorithm::status).map(String::valueOf));
    }

    /** The failure that the model itself reports although the API reports a success. */
    Optional<Algorithm> algorithmFailure() {
        return Optional.ofNullable(data)
                .map(Data::algorithm)
                .filter(algorithm -> algorithm.status() != null && algorithm.status() != 0);
    }

    Optional<byte[]> image() {
        return Optional.ofNullable(data)
                .map(Data::images)
                .flatMap(images -> images.stream().filter(Objects::nonNull).findFirst())
                .filter(bytes -> bytes.length > 0);
    }

    Optional<String> url() {
        return Optional.ofNullable(data)
                .map(Data::urls)
                .flatMap(urls -> urls.stream().filter(Objects::nonNull).findFirst())
                .filter(url -> !url.isBlank());
    }
}
