package io.pawline.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.client.model.Submission;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Writes a photo and its submission as a form of known length. */
final class MultipartForm {

    private final String boundary = UUID.randomUUID().toString();
    private final byte[] photo;
    private final JsonNode fields;

    MultipartForm(byte[] photo, Submission submission) {
        if (submission.getImageUrl() != null) {
            throw new IllegalArgumentException("there is a photo and an image_url: one of the two is needed");
        }
        this.photo = photo.clone();
        this.fields = ClientJson.MAPPER.valueToTree(submission);
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BodyPublisher body() {
        StringBuilder head = new StringBuilder();
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            if (!field.getValue().isNull()) {
                head.append(part(field.getKey(), ""))
                        .append(text(field.getValue()))
                        .append("\r\n");
            }
        }
        head.append(part("image", "; filename=\"photo\"\r\nContent-Type: application/octet-stream"));
        return BodyPublishers.concat(
                BodyPublishers.ofString(head.toString(), UTF_8),
                BodyPublishers.ofByteArray(photo),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n", UTF_8));
    }

    private String part(String name, String more) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more + "\r\n\r\n";
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }
}
