package io.pawline.ingest.submit;

import io.pawline.ingest.http.FormStream;
import io.pawline.ingest.http.QuotedName;
import io.pawline.ingest.http.RequestBody;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a submission from a form with an uploaded photo: the part {@code image}, and fields as in the JSON body. Whether
 * a part has a file name or a media type makes no difference; its name says what it is. It holds one photo in memory.
 */
final class TaskForm {

    /** Room for the other fields of a form, and for the headers of its parts. */
    static final int MAX_BYTES_BESIDE_THE_PHOTO = 64 * 1024;

    private static final String IMAGE = "image";

    private record Text(ByteArrayOutputStream bytes, Charset charset) {}

    private final long maxImageBytes;
    private final int photoBytes;
    private final Map<String, Text> texts = new HashMap<>();
    private int textBytes;
    private @Nullable ByteBuffer photo;

    private TaskForm(long maxImageBytes, long formBytes) {
        this.maxImageBytes = maxImageBytes;
        this.photoBytes = Math.toIntExact(Math.min(maxImageBytes, formBytes));
    }

    /**
     * Reads a form to its end.
     *
     * @param contentType of the form
     * @param maxImageBytes most bytes of the photo
     * @param formBytes most bytes of the form; the photo has so much memory from its first byte on
     * @throws ProblemException if it is no such form
     */
    static TaskRequest read(InputStream in, @Nullable String contentType, long maxImageBytes, long formBytes)
            throws IOException {
        TaskForm form = new TaskForm(maxImageBytes, formBytes);
        FormStream.read(in, contentType, form::begin);
        return form.request();
    }

    private TaskRequest request() {
        return new TaskRequest(
                text("image_url"),
                photo == null ? null : photo.flip(),
                null,
                text("style"),
                text("callback_url"),
                text("deadline"),
                text("ttl"),
                text("priority"),
                text("client_ref"),
                TaskBody.metadata(text("metadata")),
                text("not_before"),
                TaskBody.again(text("again")));
    }

    private @Nullable String text(String name) {
        Text text = texts.get(name);
        return text == null
                ? null
                : RequestBody.text(name, ByteBuffer.wrap(text.bytes().toByteArray()), text.charset());
    }

    private FormStream.PartContent begin(String name, @Nullable String contentType) {
        boolean image = name.equals(IMAGE);
        if (!image && !TaskBody.FORM_FIELDS.contains(name)) {
            throw new ProblemException(
                    CommonProblem.INVALID_REQUEST,
                    "there is no part %s; the parts are the photo image and the fields %s"
                            .formatted(QuotedName.of(name), String.join(", ", TaskBody.FORM_FIELDS)));
        }
        if (image ? photo != null : texts.containsKey(name)) {
            throw new ProblemException(CommonProblem.INVALID_REQUEST, name + " is given more than once: send it once");
        }
        if (image) {
            ByteBuffer bytes = ByteBuffer.allocate(photoBytes);
            photo = bytes;
            return piece -> addToPhoto(bytes, piece);
        }
        Text text = new Text(new ByteArrayOutputStream(), RequestBody.charset(contentType));
        texts.put(name, text);
        return piece -> addToText(text, piece);
    }

    private void addToPhoto(ByteBuffer bytes, ByteBuffer piece) {
        if (piece.remaining() > bytes.remaining()) {
            throw new ProblemException(
                    CommonProblem.REQUEST_TOO_LARGE,
                    "image has more than %d bytes: send a smaller one".formatted(maxImageBytes));
        }
        bytes.put(piece);
    }

    private void addToText(Text text, ByteBuffer piece) {
        textBytes += piece.remaining();
        if (textBytes > MAX_BYTES_BESIDE_THE_PHOTO) {
            throw new ProblemException(
                    CommonProblem.REQUEST_TOO_LARGE,
                    "the fields of a form have at most %d bytes: these have more"
                            .formatted(MAX_BYTES_BESIDE_THE_PHOTO));
        }
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        text.bytes().writeBytes(bytes);
    }
}
