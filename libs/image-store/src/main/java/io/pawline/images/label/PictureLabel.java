package io.pawline.images.label;

import io.pawline.schemas.TaskId;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes into the metadata of a PNG that a machine made the picture: the {@code AIGC} object of GB 45438-2025 (practice
 * guide TC260-PG-20258A) as text and in XMP, and the source type of
 * <a href="https://cv.iptc.org/newscodes/digitalsourcetype/">IPTC</a>. The pixels are not touched. Thread-safe.
 */
public final class PictureLabel {

    /** The keyword of the text, as the practice guide names it. */
    static final String KEYWORD = "AIGC";

    private static final String GENERATED = "1";

    private static final int LONGEST_TEXT = 8_192;

    /** A text of PNG is Latin-1, so other characters are escaped. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    private final LabelProperties properties;

    public PictureLabel(LabelProperties properties) {
        this.properties = Objects.requireNonNull(properties, "properties");
    }

    /**
     * Returns the file with the label of this task. It is the same array if the tenant's pictures have no label, or if
     * the file is no PNG. A label that the file brings keeps its producer: Pawline only passes on what another service
     * has labelled.
     *
     * @param png read only
     */
    public byte[] into(byte[] png, String tenant, TaskId task) {
        return into(png, png, tenant, task);
    }

    /**
     * Returns the file with the label of this task, as the other method does. The producer is that of the file which it
     * was made from.
     *
     * @param png read only
     * @param source file that may bring a label; read only
     */
    public byte[] into(byte[] png, byte[] source, String tenant, TaskId task) {
        return properties.implicitFor(tenant)
                ? PngText.of(png)
                        .map(texts -> {
                            String json = json(source, tenant, task);
                            return texts.with(KEYWORD, json, XmpLabel.packet(json));
                        })
                        .orElse(png)
                : png;
    }

    /** What is to be drawn on the pictures of this tenant; empty if nothing is. */
    public Optional<VisibleLabel> visible(String tenant) {
        return Optional.of(properties.explicitFor(tenant))
                .filter(VisibleLabelProperties::enabled)
                .map(VisibleLabel::new);
    }

    private String json(byte[] source, String tenant, TaskId task) {
        ObjectNode label = PngText.of(source)
                .flatMap(texts -> texts.find(KEYWORD, LONGEST_TEXT))
                .flatMap(PictureLabel::existing)
                .orElseGet(() -> produced(tenant, task));
        label.put("ContentPropagator", properties.propagatorFor(tenant));
        label.put("PropagateID", task.toString());
        return JSON.writeValueAsString(label);
    }

    private ObjectNode produced(String tenant, TaskId task) {
        return JSON.createObjectNode()
                .put("Label", GENERATED)
                .put("ContentProducer", properties.producerFor(tenant))
                .put("ProduceID", task.toString())
                .put("ReservedCode1", "")
                .put("ContentPropagator", "")
                .put("PropagateID", "")
                .put("ReservedCode2", "");
    }

    private static Optional<ObjectNode> existing(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node instanceof ObjectNode object
                            && object.path("Label").isString()
                            && !object.path("ContentProducer").stringValue("").isBlank()
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (JacksonException noJson) {
            return Optional.empty();
        }
    }
}
