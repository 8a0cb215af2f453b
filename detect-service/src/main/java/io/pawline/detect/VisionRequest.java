package io.pawline.detect;

import io.pawline.photoloader.LoadedPhoto;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the body of a chat completion about one photo
 * (<a href="https://www.volcengine.com/docs/82379/1494384">Ark, chat completions</a>).
 */
final class VisionRequest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final DetectProperties properties;

    VisionRequest(DetectProperties properties) {
        this.properties = properties;
    }

    JsonNode about(LoadedPhoto loadedPhoto) {
        ObjectNode body = JSON.objectNode();
        body.put("model", properties.model());
        if (!properties.thinking().isBlank()) {
            body.putObject("thinking").put("type", properties.thinking());
        }
        body.put("max_tokens", properties.maxTokens());
        ObjectNode message = body.putArray("messages").addObject().put("role", "user");
        var content = message.putArray("content");
        content.addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .putPOJO("url", loadedPhoto.dataUrl())
                .put("detail", properties.detail());
        content.addObject().put("type", "text").put("text", properties.prompt());
        switch (properties.answerFormat()) {
            case SCHEMA -> body.set("response_format", schemaFormat());
            case OBJECT -> body.putObject("response_format").put("type", "json_object");
            case NONE -> {}
        }
        return body;
    }

    private static ObjectNode schemaFormat() {
        ObjectNode schema = JSON.objectNode().put("type", "object");
        ObjectNode fields = schema.putObject("properties");
        fields.putObject("has_pet").put("type", "boolean");
        fields.putObject("description").put("type", "string");
        schema.putArray("required").add("has_pet").add("description");
        schema.put("additionalProperties", false);

        ObjectNode format = JSON.objectNode().put("type", "json_schema");
        format.putObject("json_schema")
                .put("name", "pet_detection")
                .put("strict", true)
                .set("schema", schema);
        return format;
    }
}
