package io.pawline.simulator;

import io.pawline.simulator.VolcengineSignature.Wrong;
import io.pawline.simulator.picture.PictureCodec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.util.RawValue;

/** Simulates Volcengine's visual API, {@code CVProcess} with {@code saliency_seg}, and cuts the background out. */
final class VolcengineMatting {

    private static final int LEAST_SIDE = 128;
    private static final int MOST_SIDE = 4096;
    private static final Pattern GENERATED = Pattern.compile("https?://[^/]+/generated/([\\w-]+)\\.(?:jpg|png)");

    private final Workload workload;
    private final PictureRenderer pictureRenderer;
    private final WebPictures web;
    private final VolcengineSignature signature;
    private final Clock clock;

    VolcengineMatting(
            Workload workload,
            PictureRenderer pictureRenderer,
            WebPictures web,
            VolcengineSignature signature,
            Clock clock) {
        this.workload = workload;
        this.pictureRenderer = pictureRenderer;
        this.web = web;
        this.signature = signature;
        this.clock = clock;
    }

    SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException {
        Optional<Wrong> wrong = signature.check(simulatedCall);
        if (wrong.isPresent()) {
            return workload.refuse(gateway(simulatedCall, wrong.get()));
        }
        if (!simulatedCall.query("Action").equals(Optional.of("CVProcess"))
                || !simulatedCall.query("Version").equals(Optional.of("2022-08-31"))) {
            return workload.refuse(gateway(
                    simulatedCall,
                    new Wrong(100008, "InvalidActionOrVersion", 404, "There is no such action in this version.")));
        }
        try {
            return workload.perform(simulatedCall, cutting(simulatedCall));
        } catch (Refused refused) {
            return workload.refuse(
                    business(simulatedCall, 400, refused.code, refused.getMessage(), Map.of(), Duration.ZERO));
        }
    }

    private Workload.Job cutting(SimulatedCall simulatedCall) throws Refused, InterruptedException {
        JsonNode request = request(simulatedCall);
        if (!request.path("req_key").asString("").equals("saliency_seg")) {
            throw new Refused("50400", "Access Denied: req_key must be saliency_seg");
        }
        if (request.path("only_mask").asInt(0) != 3) {
            throw new Refused("50215", "Input invalid for this service: the simulator only knows only_mask 3");
        }
        String address = request.path("image_urls").path(0).asString("");
        if (address.isEmpty()) {
            throw new Refused("50215", "Input invalid for this service: image_urls is empty");
        }
        Source source = source(address);
        PictureCodec.Size size = source.size();
        if (Math.min(size.width(), size.height()) < LEAST_SIDE || Math.max(size.width(), size.height()) > MOST_SIDE) {
            throw new Refused("50205", "Image Size Error: each side must have 128 to 4096 pixels");
        }
        return new Cutting(simulatedCall, address, source);
    }

    private static JsonNode request(SimulatedCall simulatedCall) throws Refused {
        try {
            return SimulatedReply.JSON.readTree(simulatedCall.body());
        } catch (JacksonException e) {
            throw new Refused("50215", "Input invalid for this service: the body is no JSON");
        }
    }

    /** Finds the picture: one that this simulator drew is made again, any other is fetched. */
    private Source source(String address) throws Refused, InterruptedException {
        Matcher own = GENERATED.matcher(address);
        if (own.matches()) {
            Optional<PictureRenderer.Order> order = PictureRenderer.Order.ofName(own.group(1));
            if (order.isPresent()) {
                return new Source(
                        order.get().prompt(),
                        new PictureCodec.Size(order.get().width(), order.get().height()),
                        () -> pictureRenderer.cutOutAsJson(order.get()));
            }
        }
        byte[] bytes = web.fetch(address).orElseThrow(() -> new Refused("50220", "Image Download Error"));
        PictureCodec.Size size = PictureCodec.size(bytes).orElseThrow(VolcengineMatting::undecodable);
        byte[] cutOut = pictureRenderer.cutOut(bytes).orElseThrow(VolcengineMatting::undecodable);
        return new Source(address, size, () -> PictureRenderer.json(cutOut));
    }

    private static Refused undecodable() {
        return new Refused("50207", "Image Decode Error");
    }

    /**
     * The picture that has to be cut out.
     *
     * @param text the prompt that it was drawn from, or the address of another picture
     * @param cutOut makes the cut-out in the form that the answer has
     */
    private record Source(String text, PictureCodec.Size size, Supplier<RawValue> cutOut) {}

    /** A request that the service refuses. */
    @SuppressWarnings("serial") // never serialised
    private static final class Refused extends Exception {
        private final String code;

        Refused(String code, String message) {
            super(message, null, false, false);
            this.code = code;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private final class Cutting implements Workload.Job {

        private final SimulatedCall simulatedCall;
        private final String address;
        private final Source source;
        private final Instant began = clock.instant();

        Cutting(SimulatedCall simulatedCall, String address, Source source) {
            this.simulatedCall = simulatedCall;
            this.address = address;
            this.source = source;
        }

        @Override
        public Workload.Subject subject() {
            return new Workload.Subject(source.text(), source.text(), address, address);
        }

        @Override
        public SimulatedReply.Answer done() {
            return success(source.cutOut().get());
        }

        @Override
        public SimulatedReply.Answer failed(Fault fault) {
            return switch (fault.kind()) {
                case EMPTY_CUT_OUT -> success(PictureRenderer.json(pictureRenderer.nothing(source.size())));
                case GATEWAY_ERROR ->
                    gateway(
                            simulatedCall,
                            new Wrong(
                                    Integer.parseInt(fault.code()), fault.message(), fault.status(), fault.message()));
                default -> business(simulatedCall, fault.status(), fault.code(), fault.message(), Map.of(), elapsed());
            };
        }

        private SimulatedReply.Answer success(RawValue png) {
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("algorithm_base_resp", Map.of("status_code", 0, "status_message", "Success"));
            data.put("binary_data_base64", List.of(png));
            data.put("image_urls", List.of());
            return business(simulatedCall, 200, "10000", "Success", data, elapsed());
        }

        private Duration elapsed() {
            return Duration.between(began, clock.instant());
        }
    }

    private static SimulatedReply.Answer business(
            SimulatedCall simulatedCall,
            int status,
            String code,
            String message,
            Map<String, Object> data,
            Duration elapsed) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("code", Integer.parseInt(code));
        answer.put("data", data.isEmpty() ? null : data);
        answer.put("message", message);
        answer.put("request_id", simulatedCall.id());
        answer.put("status", Integer.parseInt(code));
        answer.put("time_elapsed", String.format(Locale.ROOT, "%.1fms", elapsed.toNanos() / 1e6));
        return SimulatedReply.json(status, status == 200 ? "ok" : code, answer);
    }

    private static SimulatedReply.Answer gateway(SimulatedCall simulatedCall, Wrong wrong) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("RequestId", simulatedCall.id());
        metadata.put("Action", simulatedCall.query("Action").orElse(""));
        metadata.put("Version", simulatedCall.query("Version").orElse(""));
        metadata.put("Service", VolcengineSignature.SERVICE);
        metadata.put("Region", VolcengineSignature.REGION);
        metadata.put("Error", Map.of("CodeN", wrong.number(), "Code", wrong.code(), "Message", wrong.message()));
        return SimulatedReply.json(
                wrong.status(), String.valueOf(wrong.number()), Map.of("ResponseMetadata", metadata));
    }
}
