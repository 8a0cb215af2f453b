package io.pawline.simulator;

import io.pawline.simulator.OpenAiRequest.Refused;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Simulates the OpenAI images API: draws a pet from the prompt's words, in the colours of a photo if it is an edit. It
 * behaves as the profile says of text-to-image, with the codes of this API in the place of Ark's.
 */
final class OpenAiImages {

    private static final Set<String> PARAMETERS = Set.of(
            "model",
            "prompt",
            "images",
            "n",
            "size",
            "quality",
            "background",
            "output_format",
            "output_compression",
            "moderation",
            "input_fidelity",
            "user");

    /** Those that were shut down are not among them. */
    private static final Pattern MODELS = Pattern.compile(
            "gpt-image-(1-mini|1\\.5|2|2-2026-04-21|2\\.[56]-(sunburst|flare)(-\\d{4}-\\d\\d-\\d\\d)?)");

    private static final Pattern SIDES = Pattern.compile("([1-9]\\d{2,3})x([1-9]\\d{2,3})");
    private static final Set<String> SIZES = Set.of("1024x1024", "1536x1024", "1024x1536");
    private static final int LONGEST_PROMPT = 32_000;
    private static final int MOST_PHOTOS = 16;
    private static final long MOST_PIXELS = 3_840L * 2_160;
    private static final int USUAL = 1_024;

    private final Workload workload;
    private final PictureRenderer pictureRenderer;
    private final ArkPictures pictures;
    private final String key;
    private final Clock clock;

    OpenAiImages(Workload workload, PictureRenderer pictureRenderer, ArkPictures pictures, String key, Clock clock) {
        this.workload = workload;
        this.pictureRenderer = pictureRenderer;
        this.pictures = pictures;
        this.key = key;
        this.clock = clock;
    }

    /** @param edit whether the picture is made after photos */
    SimulatedReply handle(SimulatedCall simulatedCall, boolean edit) throws InterruptedException {
        try {
            OpenAiRequest.requireKey(simulatedCall, key);
            return workload.perform(
                    simulatedCall, new Drawing(simulatedCall, OpenAiRequest.of(simulatedCall, PARAMETERS), edit));
        } catch (Refused refused) {
            return workload.refuse(refused.answer());
        }
    }

    private final class Drawing implements Workload.Job {

        private final SimulatedCall simulatedCall;
        private final PictureRenderer.Order order;
        private final Optional<byte[]> photo;
        private final String size;

        Drawing(SimulatedCall simulatedCall, OpenAiRequest request, boolean edit) throws Refused, InterruptedException {
            this.simulatedCall = simulatedCall;
            String model = request.requiredText("model");
            if (!MODELS.matcher(model).matches()) {
                throw new Refused(404, "model_not_found", "model", "The model '%s' does not exist.".formatted(model));
            }
            String prompt = request.requiredText("prompt");
            if (prompt.length() > LONGEST_PROMPT) {
                throw new Refused(400, "string_above_max_length", "prompt", "Invalid 'prompt': string too long.");
            }
            request.number("n", 1, 1, 1);
            this.size = request.text("size", "auto");
            int[] sides = sides(model, size);
            this.photo = edit ? Optional.of(photo(request.json().path("images"))) : Optional.empty();
            this.order = new PictureRenderer.Order(
                    prompt,
                    0,
                    sides[0],
                    sides[1],
                    false,
                    photo.flatMap(pictureRenderer::colorsOf),
                    form(request, model));
        }

        private static PictureRenderer.Form form(OpenAiRequest request, String model) throws Refused {
            String format = request.oneOf("output_format", "png", "jpeg");
            String background = request.oneOf("background", "auto", "transparent", "opaque");
            if (!background.equals("transparent")) {
                return format.equals("jpeg") ? PictureRenderer.Form.JPEG : PictureRenderer.Form.PNG;
            }
            if (format.equals("jpeg") || model.equals("gpt-image-2") || model.startsWith("gpt-image-2-")) {
                throw OpenAiRequest.invalid("background", "transparent is not supported here");
            }
            return PictureRenderer.Form.TRANSPARENT;
        }

        private byte[] photo(JsonNode images) throws Refused, InterruptedException {
            if (!images.isArray() || images.isEmpty() || images.size() > MOST_PHOTOS) {
                throw OpenAiRequest.invalid("images", "expected 1 to %d images".formatted(MOST_PHOTOS));
            }
            try {
                return pictures.get(
                        Provider.TEXT_TO_IMAGE, images.path(0).path("image_url").asString(""));
            } catch (SimulatedArkErrors.Refused noPicture) {
                throw new Refused(400, "invalid_image_file", "images", "Invalid image: " + noPicture.getMessage());
            }
        }

        private static int[] sides(String model, String size) throws Refused {
            if (size.equals("auto")) {
                return new int[] {USUAL, USUAL};
            }
            Matcher sides = SIDES.matcher(size);
            boolean fixed = model.startsWith("gpt-image-1");
            if (!sides.matches() || (fixed && !SIZES.contains(size))) {
                throw OpenAiRequest.invalid("size", "'%s' is not a supported size".formatted(size));
            }
            int width = Integer.parseInt(sides.group(1));
            int height = Integer.parseInt(sides.group(2));
            int most = Math.max(width, height);
            boolean taken = width % 16 == 0
                    && height % 16 == 0
                    && most <= 3_840
                    && most <= 3 * Math.min(width, height)
                    && (long) width * height <= MOST_PIXELS;
            if (!taken) {
                throw OpenAiRequest.invalid("size", "'%s' is not a supported size".formatted(size));
            }
            return new int[] {width, height};
        }

        @Override
        public Workload.Subject subject() {
            return Workload.Subject.ofPicture(simulatedCall, order.prompt(), photo);
        }

        @Override
        public SimulatedReply.Answer done() {
            int tokens = order.width() * order.height() / 256;
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("created", clock.instant().getEpochSecond());
            answer.put(
                    "data",
                    List.of(Map.of("b64_json", Base64.getEncoder().encodeToString(pictureRenderer.picture(order)))));
            answer.put("output_format", order.form() == PictureRenderer.Form.JPEG ? "jpeg" : "png");
            answer.put("size", order.width() + "x" + order.height());
            answer.put("usage", Map.of("input_tokens", 50, "output_tokens", tokens, "total_tokens", 50 + tokens));
            return SimulatedReply.ok(answer);
        }

        @Override
        public SimulatedReply.Answer failed(Fault fault) {
            return OpenAiRequest.failed(fault);
        }
    }
}
