package io.pawline.outbound.visual;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.Exchange.Died;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cuts the background out of a picture by Volcengine's
 * <a href="https://www.volcengine.com/docs/86081/1660384">saliency segmentation</a> (visual API, {@code CVProcess}).
 * Each call has a signature of its own and is made once. Thread-safe.
 */
public final class VisualClient {

    // The signature covers it, so no charset may be added
    private static final String JSON = "application/json";

    private final OutboundHttp http;
    private final VisualSettings settings;
    private final HttpUrl url;
    private final VolcengineSigner signer;
    private final AnswerReader reader;
    private final Clock clock;
    private final JsonMapper json = new JsonMapper();

    public VisualClient(OutboundHttp http, VisualSettings settings, Clock clock) {
        this.http = Objects.requireNonNull(http, "http");
        this.settings = Objects.requireNonNull(settings, "settings");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.url = settings.baseUrl()
                .newBuilder()
                .addQueryParameter("Action", "CVProcess")
                .addQueryParameter("Version", "2022-08-31")
                .build();
        this.signer = new VolcengineSigner(settings.credentials(), settings.region(), settings.service(), clock);
        this.reader = new AnswerReader(settings.answerLimit(), clock);
    }

    /**
     * Asks for the picture at this address without its background.
     *
     * @param deadline moment at which the call ends; it has one second at least
     * @param memory for the answer and the picture in it
     * @throws InterruptedException if the (virtual) thread is interrupted; the call is then cancelled at once
     */
    public VisualCall cutOut(URI picture, Instant deadline, BodyMemory memory) throws InterruptedException {
        byte[] body = body(picture);
        Headers headers = headers(signer.sign("POST", url, JSON, body));
        Request request = new Request.Builder()
                .url(url)
                .headers(headers)
                .header("User-Agent", "pawline")
                .post(RequestBody.create(body))
                .build();
        Timeouts timeouts = settings.timeouts().endingBy(deadline, clock.instant());
        DataLimit limit = settings.answerLimit();
        // The answer in base64 and the picture made of it are in memory together
        Exchange exchange = http.exchange(request, timeouts, limit, memory.twice());
        return switch (exchange) {
            case Died died ->
                new VisualCall(
                        new Failed(died.reason(), died.detail(), Optional.empty()),
                        died.facts().report(Optional.of(died.reason())));
            case Answered answered -> reader.read(answered);
        };
    }

    private byte[] body(URI picture) {
        VisualSettings.Model model = settings.model();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("req_key", model.reqKey());
        fields.put("image_urls", List.of(picture.toString()));
        fields.put("only_mask", model.onlyMask());
        fields.put("rgb", model.rgb());
        fields.put("refine_mask", model.refineMask());
        return json.writeValueAsBytes(fields);
    }

    private static Headers headers(Map<String, String> fields) {
        Headers.Builder headers = new Headers.Builder();
        fields.forEach(headers::set);
        return headers.build();
    }
}
