package io.pawline.outbound.ark;

import java.io.Reader;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * A file as a {@code data:} URL (<a href="https://www.rfc-editor.org/rfc/rfc2397">RFC 2397</a>), in JSON. Base64 is made
 * in pieces while the JSON is written. The whole text would take more memory than the file.
 */
public final class DataUrl extends JacksonSerializable.Base {

    /** A multiple of three, so that the pieces put together are the base64 of the whole. */
    private static final int PIECE = 3 * 4096;

    private final String mediaType;
    private final byte[] bytes;

    /**
     * A file as a URL.
     *
     * @param mediaType what the bytes are, for example {@code image/jpeg}
     * @param bytes not copied: they must not change before the JSON is written
     */
    public DataUrl(String mediaType, byte[] bytes) {
        this.mediaType = Objects.requireNonNull(mediaType, "mediaType");
        this.bytes = Objects.requireNonNull(bytes, "bytes");
    }

    @Override
    public void serialize(JsonGenerator json, SerializationContext context) {
        json.writeString(new Pieces(), -1);
    }

    @Override
    public void serializeWithType(JsonGenerator json, SerializationContext context, TypeSerializer types) {
        serialize(json, context);
    }

    private final class Pieces extends Reader {

        private String piece = "data:" + mediaType + ";base64,";
        private int read;
        private int encoded;

        @Override
        public int read(char[] into, int offset, int most) {
            if (read == piece.length() && !next()) {
                return -1;
            }
            int count = Math.min(most, piece.length() - read);
            piece.getChars(read, read + count, into, offset);
            read += count;
            return count;
        }

        private boolean next() {
            int length = Math.min(PIECE, bytes.length - encoded);
            byte[] part = new byte[length];
            System.arraycopy(bytes, encoded, part, 0, length);
            piece = Base64.getEncoder().encodeToString(part);
            encoded += length;
            read = 0;
            return length > 0;
        }

        @Override
        public void close() {
            // nothing to close
        }
    }
}
