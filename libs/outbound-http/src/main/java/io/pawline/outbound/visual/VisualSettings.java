package io.pawline.outbound.visual;

import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import java.util.List;
import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * The settings for calls to the visual API.
 *
 * @param baseUrl address of the API
 * @param region region in the signature
 * @param service service in the signature
 * @param answerLimit most bytes of an answer, which holds the picture in Base64
 */
public record VisualSettings(
        HttpUrl baseUrl,
        String region,
        String service,
        VisualCredentials credentials,
        Timeouts timeouts,
        DataLimit answerLimit,
        Model model) {
    public VisualSettings {
        Objects.requireNonNull(baseUrl, "baseUrl");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(credentials, "credentials");
        Objects.requireNonNull(timeouts, "timeouts");
        Objects.requireNonNull(answerLimit, "answerLimit");
        Objects.requireNonNull(model, "model");
    }

    /**
     * The parameters of a request, with the names of the API.
     *
     * @param onlyMask what the model returns; 3 is the cut-out in full size, with alpha
     * @param refineMask how much the edge is refined
     * @param rgb colour behind the cut-out; -1 three times is no colour
     */
    public record Model(String reqKey, int onlyMask, int refineMask, List<Integer> rgb) {
        public Model {
            Objects.requireNonNull(reqKey, "reqKey");
            rgb = List.copyOf(rgb);
        }
    }
}
