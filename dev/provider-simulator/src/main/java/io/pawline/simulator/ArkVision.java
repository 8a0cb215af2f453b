package io.pawline.simulator;

import io.pawline.simulator.SimulatedArkErrors.Refused;
import io.pawline.simulator.picture.PetPhoto;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Simulates Ark's chat completions with a picture, and looks at the picture. */
final class ArkVision {

    /** The text that a model writes with one token, roughly. */
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final Workload workload;
    private final PictureRenderer pictureRenderer;
    private final ArkPictures pictures;
    private final String key;
    private final Clock clock;

    ArkVision(Workload workload, PictureRenderer pictureRenderer, ArkPictures pictures, String key, Clock clock) {
        this.workload = workload;
        this.pictureRenderer = pictureRenderer;
        this.pictures = pictures;
        this.key = key;
        this.clock = clock;
    }

    SimulatedReply handle(SimulatedCall simulatedCall) throws InterruptedException {
        try {
            SimulatedArkErrors.requireKey(simulatedCall, key);
            return workload.perform(simulatedCall, look(simulatedCall, ArkRequest.of(simulatedCall)));
        } catch (Refused refused) {
            return workload.refuse(refused.answer(simulatedCall));
        }
    }

    private Workload.Job look(SimulatedCall simulatedCall, ArkRequest request) throws Refused, InterruptedException {
        String model = request.model("doubao-");
        Message message = Message.of(request.json());
        Format format = Format.of(request.json().path("response_format"));
        int maxTokens = (int) request.number("max_tokens", 1, 1_000_000, 4096);
        byte[] photo = pictures.get(Provider.VISION, message.imageUrl());
        PetPhoto seen = pictureRenderer
                .lookAt(photo)
                .orElseThrow(() -> ArkPictures.invalid("InvalidFormat", "it is not a picture in a supported format"));
        String hash = Hashes.sha256(photo);
        String content = format.write(seen);
        return new Workload.Job() {
            @Override
            public Workload.Subject subject() {
                return Workload.Subject.of(simulatedCall, message.text() + "\n" + seen.description(), hash);
            }

            @Override
            public SimulatedReply.Answer done() {
                return SimulatedReply.ok(completion(simulatedCall, model, content, maxTokens));
            }

            @Override
            public SimulatedReply.Answer failed(Fault fault) {
                return SimulatedArkErrors.of(simulatedCall, fault);
            }
        };
    }

    private Map<String, Object> completion(SimulatedCall simulatedCall, String model, String content, int maxTokens) {
        int tokens = (content.length() + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
        boolean cut = tokens > maxTokens;
        String written = cut ? content.substring(0, maxTokens * CHARACTERS_PER_TOKEN) : content;
        int used = Math.min(tokens, maxTokens);
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("message", Map.of("role", "assistant", "content", written));
        choice.put("finish_reason", cut ? "length" : "stop");
        choice.put("logprobs", null);
        Map<String, Object> completion = new LinkedHashMap<>();
        completion.put("id", simulatedCall.id());
        completion.put("object", "chat.completion");
        completion.put("created", clock.instant().getEpochSecond());
        completion.put("model", model);
        completion.put("service_tier", "default");
        completion.put("choices", List.of(choice));
        completion.put("usage", Map.of("prompt_tokens", 400, "completion_tokens", used, "total_tokens", 400 + used));
        return completion;
    }

    /** A message of the user: the address of a picture and the words around it. */
    private record Message(String imageUrl, String text) {

        static Message of(JsonNode request) throws Refused {
            JsonNode messages = request.path("messages");
            if (!messages.isArray() || messages.isEmpty()) {
                throw SimulatedArkErrors.missing("messages");
            }
            StringBuilder text = new StringBuilder();
            Optional<String> url = Optional.empty();
            for (JsonNode message : messages) {
                if (message.path("content").isString()) {
                    text.append(message.path("content").stringValue()).append('\n');
                }
                for (JsonNode part : message.path("content")) {
                    switch (part.path("type").asString("")) {
                        case "text" ->
                            text.append(part.path("text").asString("")).append('\n');
                        case "image_url" ->
                            url = Optional.of(part.path("image_url").path("url").asString(""));
                        default ->
                            throw SimulatedArkErrors.invalid("messages.content.type", "must be text or image_url");
                    }
                }
            }
            String imageUrl = url.orElseThrow(() -> SimulatedArkErrors.missing("messages.content.image_url"));
            return new Message(imageUrl, text.toString());
        }
    }

    /** The form in which the answer has to be written. */
    private enum Format {
        JSON,
        PROSE;

        static Format of(JsonNode format) throws Refused {
            if (format.isMissingNode() || format.isNull()) {
                return PROSE;
            }
            return switch (format.path("type").asString("")) {
                case "text" -> PROSE;
                case "json_object" -> JSON;
                case "json_schema" -> {
                    if (!format.path("json_schema").path("schema").isObject()) {
                        throw SimulatedArkErrors.missing("response_format.json_schema.schema");
                    }
                    yield JSON;
                }
                default ->
                    throw SimulatedArkErrors.invalid(
                            "response_format.type", "must be text, json_object or json_schema");
            };
        }

        String write(PetPhoto seen) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("has_pet", seen.hasPet());
            fields.put("description", seen.description());
            String json = SimulatedReply.JSON.writeValueAsString(fields);
            // A model that is not asked for JSON alone often puts words around it
            return this == JSON ? json : "Here is what I see:\n```json\n" + json + "\n```";
        }
    }
}
