package io.pawline.simulator;

import io.pawline.simulator.SimulatedArkErrors.Refused;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Simulates Ark's image generation (Seedream): draws a pet from the prompt's words, in the colours of a photo if there is one. */
final class ArkTextToImage {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    private static final Pattern TRANSPARENT =
            Pattern.compile("transparent background|透明背景|背景透明", Pattern.CASE_INSENSITIVE);

    /** So many photos a request may bring. */
    private static final int MOST_PHOTOS = 14;

    private static final Map<String, Integer> SIDES = Map.of("1K", 1024, "2K", 2048, "3K", 3072, "4K", 4096);

    /** What a model takes beyond sides in pixels: the least and the most pixels, and names of sizes. */
    private record Limits(int least, int most, Set<String> names) {

        static Limits of(String model) {
            if (model.startsWith("doubao-seedream-4-0-")) {
                return new Limits(921_600, 16_777_216, Set.of("1K", "2K", "4K"));
            }
            if (model.startsWith("doubao-seedream-4-5-")) {
                return new Limits(3_686_400, 16_777_216, Set.of("2K", "4K"));
            }
            if (model.startsWith("doubao-seedream-5-0-")) {
                return new Limits(3_686_400, 16_777_216, Set.of("2K", "3K", "4K"));
            }
            return new Limits(1, 16_777_216, SIDES.keySet());
        }
    }

    private final Workload workload;
    private final PictureRenderer pictureRenderer;
    private final ArkPictures pictures;
    private final Supplier<URI> baseUrl;
    private final String key;
    private final Clock clock;

    ArkTextToImage(
            Workload workload,
            PictureRenderer pictureRenderer,
            ArkPictures pictures,
            Supplier<URI> baseUrl,
            String key,
            Clock clock) {
        this.workload = workload;
        this.pictureRenderer = pictureRenderer;
        this.pictures = pictures;
        this.baseUrl = baseUrl;
        this.key = key;
        this.clock = clock;
    }

    SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException {
        try {
            SimulatedArkErrors.requireKey(simulatedCall, key);
            return workload.perform(simulatedCall, new Drawing(simulatedCall, ArkRequest.of(simulatedCall)));
        } catch (Refused refused) {
            return workload.refuse(refused.answer(simulatedCall));
        }
    }

    private final class Drawing implements Workload.Job {

        private final SimulatedCall simulatedCall;
        private final String model;
        private final PictureRenderer.Order order;
        private final boolean asUrl;
        private final Optional<byte[]> photo;

        Drawing(SimulatedCall simulatedCall, ArkRequest request) throws Refused, InterruptedException {
            this.simulatedCall = simulatedCall;
            this.model = request.model("doubao-seedream-");
            boolean version3 = model.startsWith("doubao-seedream-3-");
            String prompt = request.requiredText("prompt");
            this.asUrl = isUrl(request.text("response_format", "url"));
            int[] size = size(request.text("size", version3 ? "1024x1024" : "2K"), version3, Limits.of(model));
            boolean watermark = request.bool("watermark", true);
            if (model.startsWith("doubao-seedream-") && !version3) {
                for (String old : List.of("seed", "guidance_scale")) {
                    if (request.json().has(old)) {
                        throw SimulatedArkErrors.invalid(old, "the model %s does not have it".formatted(model));
                    }
                }
            }
            request.number("guidance_scale", 1, 10, 2.5);
            long seed = (long) request.number("seed", -1, Integer.MAX_VALUE, -1);
            this.photo = photo(request.json().path("image"), version3);
            this.order = new PictureRenderer.Order(
                    prompt,
                    Math.max(0, seed),
                    size[0],
                    size[1],
                    watermark,
                    photo.flatMap(pictureRenderer::colorsOf),
                    form(request, prompt));
        }

        /** The background is transparent if the file can be so and the prompt asks for it. */
        private PictureRenderer.Form form(ArkRequest request, String prompt) throws Refused {
            if (!request.json().hasNonNull("output_format")) {
                return PictureRenderer.Form.JPEG;
            }
            if (!model.startsWith("doubao-seedream-5-") && !model.startsWith("ep-")) {
                throw SimulatedArkErrors.invalid("output_format", "the model %s does not have it".formatted(model));
            }
            return switch (request.requiredText("output_format")) {
                case "jpeg" -> PictureRenderer.Form.JPEG;
                case "png" ->
                    TRANSPARENT.matcher(prompt).find() ? PictureRenderer.Form.TRANSPARENT : PictureRenderer.Form.PNG;
                default -> throw SimulatedArkErrors.invalid("output_format", "must be png or jpeg");
            };
        }

        /** The first of the photos that the picture is made after. */
        private Optional<byte[]> photo(JsonNode image, boolean version3) throws Refused, InterruptedException {
            if (image.isMissingNode() || image.isNull()) {
                return Optional.empty();
            }
            if (version3) {
                throw SimulatedArkErrors.invalid("image", "the model %s does not have it".formatted(model));
            }
            if (image.isArray() && (image.isEmpty() || image.size() > MOST_PHOTOS)) {
                throw SimulatedArkErrors.invalid("image", "must be 1 to %d pictures".formatted(MOST_PHOTOS));
            }
            JsonNode first = image.isArray() ? image.path(0) : image;
            if (!first.isString()) {
                throw SimulatedArkErrors.invalid("image", "must be a text, or several");
            }
            return Optional.of(pictures.get(Provider.TEXT_TO_IMAGE, first.stringValue()));
        }

        private static boolean isUrl(String format) throws Refused {
            return switch (format) {
                case "url" -> true;
                case "b64_json" -> false;
                default -> throw SimulatedArkErrors.invalid("response_format", "must be url or b64_json");
            };
        }

        private static int[] size(String size, boolean version3, Limits limits) throws Refused {
            Integer side = SIDES.get(size);
            if (side != null && !version3 && limits.names().contains(size)) {
                return new int[] {side, side};
            }
            Matcher sides = SIZE.matcher(size);
            if (!sides.matches()) {
                throw SimulatedArkErrors.invalid("size", "must be <width>x<height>");
            }
            int width = Integer.parseInt(sides.group(1));
            int height = Integer.parseInt(sides.group(2));
            int least = Math.min(width, height);
            int most = Math.max(width, height);
            if (version3 && (least < 512 || most > 2048)) {
                throw SimulatedArkErrors.invalid("size", "must be between 512x512 and 2048x2048");
            }
            long pixels = (long) width * height;
            if (!version3 && (pixels < limits.least() || pixels > limits.most() || most > 16 * least)) {
                throw SimulatedArkErrors.invalid(
                        "size",
                        "must have %d to %d pixels and an aspect ratio of 1/16 to 16"
                                .formatted(limits.least(), limits.most()));
            }
            return new int[] {width, height};
        }

        @Override
        public Workload.Subject subject() {
            return Workload.Subject.ofPicture(simulatedCall, order.prompt(), photo);
        }

        @Override
        public SimulatedReply.Answer done() {
            String size = order.width() + "x" + order.height();
            Map<String, Object> image = new LinkedHashMap<>();
            if (asUrl) {
                pictureRenderer.picture(order);
                image.put("url", baseUrl.get() + "/generated/" + order.fileName());
            } else {
                image.put("b64_json", Base64.getEncoder().encodeToString(pictureRenderer.picture(order)));
            }
            image.put("size", size);
            int tokens = order.width() * order.height() / 256;
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("model", model);
            answer.put("created", clock.instant().getEpochSecond());
            answer.put("data", List.of(image));
            answer.put("usage", Map.of("generated_images", 1, "output_tokens", tokens, "total_tokens", tokens));
            return SimulatedReply.ok(answer);
        }

        @Override
        public SimulatedReply.Answer failed(Fault fault) {
            return SimulatedArkErrors.of(simulatedCall, fault);
        }
    }
}
