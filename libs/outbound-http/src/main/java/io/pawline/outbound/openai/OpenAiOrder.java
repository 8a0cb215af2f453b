package io.pawline.outbound.openai;

import io.pawline.outbound.ark.DataUrl;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says which picture is wanted.
 *
 * @param photo that the picture is made after; empty: from the prompt alone
 * @param size width x height in pixels, or {@code auto}
 * @param transparent whether its background is to be transparent, which makes it a PNG
 * @param asAddress whether the model is asked for an address; else it is not asked, for GPT image models know no such
 *     parameter and always answer with the picture
 */
public record OpenAiOrder(
        String model, String prompt, Optional<DataUrl> photo, String size, boolean transparent, boolean asAddress) {

    /** What all models take. */
    public static final String USUAL_SIZE = "1024x1024";

    public OpenAiOrder {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(photo, "photo");
        Objects.requireNonNull(size, "size");
    }

    /** The path of the call below the base URL. A picture after a photo is an edit of the photo. */
    String path() {
        return photo.isPresent() ? "images/edits" : "images/generations";
    }

    JsonNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", model);
        body.put("prompt", prompt);
        photo.ifPresent(file -> body.putArray("images").addObject().putPOJO("image_url", file));
        body.put("n", 1);
        body.put("size", size);
        if (asAddress) {
            body.put("response_format", "url");
        }
        if (transparent) {
            body.put("background", "transparent");
            body.put("output_format", "png");
        }
        return body;
    }
}
