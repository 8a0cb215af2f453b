package io.pawline.outbound.visual;

import io.pawline.outbound.CallFacts;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Exchange.Answered;
import io.pawline.outbound.ImageKind;
import io.pawline.outbound.ImageSniffer;
import io.pawline.outbound.ProviderStatus;
import io.pawline.outbound.RetryAfter;
import io.pawline.outbound.visual.AnswerBody.GatewayError;
import io.pawline.outbound.visual.VisualAnswer.CutOut;
import io.pawline.outbound.visual.VisualAnswer.CutOutAt;
import io.pawline.outbound.visual.VisualAnswer.Failed;
import io.pawline.schemas.Reason;
import java.time.Clock;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Reads and classifies the answers of the visual API. A known code counts before the HTTP status. Thread-safe. */
final class AnswerReader {

    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    // No slash, so that it never holds the address of a picture
    private static final Pattern PLAIN_SENTENCE = Pattern.compile("[\\p{L}\\p{N} .,:;_'()\\[\\]-]{1,160}");

    private final ObjectReader json;
    private final RetryAfter retryAfter;

    AnswerReader(DataLimit limit, Clock clock) {
        // One string holds the whole picture
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxStringLength(Math.toIntExact(limit.bytes()))
                .build();
        this.json = JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(constraints).build())
                .enable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT)
                .build()
                .readerFor(AnswerBody.class);
        this.retryAfter = new RetryAfter(clock);
    }

    VisualCall read(Answered answered) {
        AnswerBody body;
        try {
            body = parse(answered.body());
        } catch (JacksonException e) {
            return succeeded(answered)
                    ? failed(answered, Reason.MALFORMED_ANSWER, "an answer that could not be read", AnswerBody.EMPTY)
                    : failed(answered, ProviderStatus.reason(answered.status()), "", AnswerBody.EMPTY);
        }
        Optional<GatewayError> gatewayError = body.gatewayError();
        if (gatewayError.isPresent()) {
            return gatewayFailure(answered, gatewayError.get(), body);
        }
        Integer code = body.code();
        if (code == null) {
            return succeeded(answered)
                    ? failed(answered, Reason.MALFORMED_ANSWER, "an answer without a code", body)
                    : failed(answered, ProviderStatus.reason(answered.status()), "", body);
        }
        return code == AnswerBody.SUCCESS ? success(answered, body) : apiFailure(answered, code, body);
    }

    private VisualCall success(Answered answered, AnswerBody body) {
        Optional<AnswerBody.Algorithm> failure = body.algorithmFailure();
        if (failure.isPresent()) {
            AnswerBody.Algorithm algorithm = failure.get();
            String said = "model status " + algorithm.status() + sentence(algorithm.message());
            return failed(answered, Reason.PROVIDER_ERROR, said, body);
        }
        Optional<byte[]> image = body.image();
        if (image.isPresent()) {
            return isPng(image.get())
                    ? found(new CutOut(image.get()), answered, body)
                    // Another attempt may help here, and finalize-service could only give the task up
                    : failed(answered, Reason.INCONSISTENT_RESULT, "a cut-out that is not a PNG", body);
        }
        Optional<HttpUrl> url = body.url().map(HttpUrl::parse);
        return url.isPresent()
                ? found(new CutOutAt(url.get().uri()), answered, body)
                : failed(answered, Reason.MALFORMED_ANSWER, "neither a picture nor the address of one", body);
    }

    private VisualCall apiFailure(Answered answered, int code, AnswerBody body) {
        Reason reason = VisualErrors.ofCode(code).orElseGet(() -> ProviderStatus.reason(answered.status()));
        return failed(answered, reason, code + sentence(body.message()), body);
    }

    private VisualCall gatewayFailure(Answered answered, GatewayError error, AnswerBody body) {
        Integer number = error.number();
        Reason reason = Optional.ofNullable(number)
                .flatMap(VisualErrors::ofGatewayCode)
                .orElseGet(() -> ProviderStatus.reason(answered.status()));
        // The gateway's message may quote the key that it refuses
        String said = "gateway error" + (number == null ? "" : " " + number) + name(error.code());
        return failed(answered, reason, said, body);
    }

    private static VisualCall found(VisualAnswer cutOut, Answered answered, AnswerBody body) {
        return new VisualCall(cutOut, facts(answered, body).report(Optional.empty()));
    }

    private VisualCall failed(Answered answered, Reason reason, String said, AnswerBody body) {
        CallFacts facts = facts(answered, body).withNotBefore(retryAfter.notBefore(answered.headers()));
        String detail = "the visual API answered " + answered.status()
                + (said.isEmpty() ? "" : ": " + said)
                + facts.requestId().map(" (request %s)"::formatted).orElse("");
        return new VisualCall(new Failed(reason, detail, facts.notBefore()), facts.report(Optional.of(reason)));
    }

    private static CallFacts facts(Answered answered, AnswerBody body) {
        return answered.facts()
                .withRequestId(body.anyRequestId().filter(AnswerReader::isPlainName))
                .withProviderCode(body.failureCode().filter(AnswerReader::isPlainName));
    }

    private AnswerBody parse(byte[] bytes) {
        AnswerBody body = bytes.length == 0 ? null : Base64Image.read(json, bytes);
        return body == null ? AnswerBody.EMPTY : body;
    }

    private static boolean isPng(byte[] bytes) {
        return ImageSniffer.sniff(bytes)
                .filter(header -> header.kind() == ImageKind.PNG)
                .isPresent();
    }

    private static boolean succeeded(Answered answered) {
        return answered.status() >= 200 && answered.status() < 300;
    }

    private static String sentence(@Nullable String text) {
        return text != null && PLAIN_SENTENCE.matcher(text).matches() ? " " + text : "";
    }

    private static String name(@Nullable String text) {
        return text != null && isPlainName(text) ? " " + text : "";
    }

    private static boolean isPlainName(String text) {
        return PLAIN_NAME.matcher(text).matches();
    }
}
