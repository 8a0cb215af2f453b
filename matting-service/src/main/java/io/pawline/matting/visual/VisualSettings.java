package io.pawline.matting.visual;

import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import java.util.List;
import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * How the visual API is called.
 *
 * @param baseUrl where its API is
 * @param region as the signature has it
 * @param service as the signature has it
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
     * What is asked for, in the words of the API.
     *
     * @param onlyMask 3: the cut-out in full size, with alpha
     * @param refineMask how much the edge is refined
     * @param rgb the colour behind the cut-out; -1 three times: none
     */
    public record Model(String reqKey, int onlyMask, int refineMask, List<Integer> rgb) {
        public Model {
            Objects.requireNonNull(reqKey, "reqKey");
            rgb = List.copyOf(rgb);
        }
    }
}
