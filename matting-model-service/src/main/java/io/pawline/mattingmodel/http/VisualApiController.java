package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.NotCutOutException;
import io.pawline.mattingmodel.work.NotCutOutException.Fault;
import io.pawline.mattingmodel.work.Places;
import io.pawline.mattingmodel.work.Workers;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Fetched;
import io.pawline.outbound.ImageFetcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks the format of Volcengine's visual API as far as matting-service uses it: {@code CVProcess} with the address of a
 * picture, and a cut-out of full size ({@code only_mask} 3) in the answer. It does not look at the signature: who may reach
 * this service is the network's business. Thread-safe.
 */
@RestController
final class VisualApiController {

    private static final int MOST_REQUEST_BYTES = 64 * 1024;
    private static final int CUT_OUT_OF_FULL_SIZE = 3;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Bytes that become base64 at once; a multiple of three, so that the pieces fit together. */
    private static final int PIECE = 3 * 8192;

    private final Places places;
    private final Workers workers;
    private final ImageFetcher fetcher;

    VisualApiController(Places places, Workers workers, ImageFetcher fetcher) {
        this.places = places;
        this.workers = workers;
        this.fetcher = fetcher;
    }

    @PostMapping("/")
    void process(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!"CVProcess".equals(request.getParameter("Action"))
                || !"2022-08-31".equals(request.getParameter("Version"))) {
            Map<String, Object> error = Map.of(
                    "CodeN",
                    100008,
                    "Code",
                    "InvalidActionOrVersion",
                    "Message",
                    "only CVProcess of 2022-08-31 is here");
            write(response, 404, Map.of("ResponseMetadata", Map.of("RequestId", id(), "Error", error)));
            return;
        }
        try (Places.Place place = places.take()) {
            URI address = address(request);
            byte[] png = workers.cutOut(place, fetch(address, place));
            writeCutOut(response, png);
        } catch (NotCutOutException refused) {
            VisualError error = VisualError.of(refused.fault());
            write(response, error.status(), answer(error.code(), error.message() + ": " + refused.detail(), null));
        } catch (UnusableRequestException unusable) {
            write(response, 400, answer(VisualError.INVALID_INPUT, String.valueOf(unusable.getMessage()), null));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            write(response, 500, answer(VisualError.INTERNAL, "Internal Error: the process stops", null));
        }
    }

    private static URI address(HttpServletRequest request) throws IOException, UnusableRequestException {
        byte[] body = request.getInputStream().readNBytes(MOST_REQUEST_BYTES + 1);
        if (body.length > MOST_REQUEST_BYTES) {
            throw new UnusableRequestException("the body has more than %d bytes".formatted(MOST_REQUEST_BYTES));
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException broken) {
            throw new UnusableRequestException("the body is no JSON");
        }
        if (json.path("only_mask").asInt(0) != CUT_OUT_OF_FULL_SIZE) {
            throw new UnusableRequestException("only_mask must be 3, a cut-out of full size");
        }
        String address = json.path("image_urls").path(0).asString("");
        if (address.isEmpty()) {
            throw new UnusableRequestException("image_urls is empty");
        }
        try {
            return new URI(address);
        } catch (URISyntaxException broken) {
            throw new UnusableRequestException("image_urls holds no address");
        }
    }

    private ByteBuffer fetch(URI address, Places.Place place) throws InterruptedException {
        BodyMemory memory = new BodyMemory(
                bytes -> {
                    place.hold(bytes);
                    return true;
                },
                place::hold);
        return switch (fetcher.fetch(address, Instant.MAX, memory)) {
            case Fetched.Image image -> ByteBuffer.wrap(image.bytes());
            case Fetched.NotFetched failed -> throw new NotCutOutException(fault(failed), failed.detail());
        };
    }

    private static Fault fault(Fetched.NotFetched failed) {
        return switch (failed.failure()) {
            case UNREACHABLE -> failed.retryable() ? Fault.UNREACHABLE : Fault.ADDRESS_REFUSED;
            case NOT_AN_IMAGE -> Fault.NOT_AN_IMAGE;
            case TOO_LARGE -> Fault.TOO_LARGE;
            case ADDRESS_REFUSED -> Fault.ADDRESS_REFUSED;
        };
    }

    /** Writes the answer piece by piece. The picture in base64 is never in memory as a whole. */
    private static void writeCutOut(HttpServletResponse response, byte[] png) throws IOException {
        String mark = "<png>";
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("algorithm_base_resp", Map.of("status_code", 0, "status_message", "Success"));
        data.put("binary_data_base64", List.of(mark));
        data.put("image_urls", List.of());
        String json = JSON.writeValueAsString(answer(VisualError.SUCCESS, "Success", data));
        int place = json.indexOf(mark);
        byte[] before = json.substring(0, place).getBytes(StandardCharsets.UTF_8);
        byte[] after = json.substring(place + mark.length()).getBytes(StandardCharsets.UTF_8);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLengthLong(before.length + (png.length + 2L) / 3 * 4 + after.length);
        OutputStream out = response.getOutputStream();
        out.write(before);
        for (int at = 0; at < png.length; at += PIECE) {
            int count = Math.min(PIECE, png.length - at);
            out.write(Base64.getEncoder()
                    .encode(ByteBuffer.wrap(png, at, count).slice())
                    .array());
        }
        out.write(after);
    }

    private static Map<String, Object> answer(int code, String message, @Nullable Object data) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("code", code);
        answer.put("data", Optional.ofNullable(data).orElse(Map.of()));
        answer.put("message", message);
        answer.put("request_id", id());
        answer.put("status", code);
        return answer;
    }

    private static void write(HttpServletResponse response, int status, Map<String, Object> json) throws IOException {
        byte[] body = JSON.writeValueAsBytes(json);
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    /** Says what is wrong with a request. */
    private static final class UnusableRequestException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableRequestException(String message) {
            super(message, null, false, false);
        }
    }
}
