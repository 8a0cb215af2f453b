package io.pawline.outbound.visual;

import java.io.ByteArrayInputStream;
import java.io.SequenceInputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;

/**
 * Decodes a picture in base64 before the JSON around it is parsed, with the JDK's decoder, which takes many characters at
 * once. The parser then sees an empty text at its place, so nothing looks at each of its millions of characters. Jackson's
 * decoder takes them one by one, and a string made of them first is copied four times. Each of these cost a tenth or more
 * of the processor time of a whole task.
 */
final class Base64Image extends ValueDeserializer<byte[]> {

    static final String NAME = "binary_data_base64";

    private static final String PICTURE = "picture";

    /** A picture in base64 that is shorter is read as any other text of the JSON. */
    private static final int LEAST_LENGTH = 1_024;

    private static final byte[] QUOTED_NAME = ('"' + NAME + '"').getBytes(StandardCharsets.US_ASCII);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final long QUOTES = 0x2222_2222_2222_2222L;
    private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

    /** @param quote where the quotation mark before the picture is in the answer */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    private record Picture(byte[] bytes, int quote) {}

    /**
     * Reads an answer.
     *
     * @throws tools.jackson.core.JacksonException if it is no such JSON
     */
    static @Nullable AnswerBody read(ObjectReader reader, byte[] answer) {
        int quote = quoteBeforePicture(answer);
        int end = quote < 0 ? -1 : nextQuote(answer, quote + 1);
        if (end - quote < LEAST_LENGTH) {
            return reader.readValue(answer);
        }
        Optional<byte[]> picture = decoded(answer, quote + 1, end);
        if (picture.isEmpty()) {
            return reader.readValue(answer);
        }
        return reader.withAttribute(PICTURE, new Picture(picture.get(), quote))
                .readValue(new SequenceInputStream(
                        new ByteArrayInputStream(answer, 0, quote + 1),
                        new ByteArrayInputStream(answer, end, answer.length - end)));
    }

    /**
     * The place of the quotation mark before the first text in the list with the picture's name; -1 if there is none. A
     * quotation mark inside of a text has a backslash before it, so what is found is the name and no part of a text.
     */
    private static int quoteBeforePicture(byte[] answer) {
        for (int at = nextQuote(answer, 0); at >= 0; at = nextQuote(answer, at + 1)) {
            int end = at + QUOTED_NAME.length;
            if (end <= answer.length && Arrays.equals(answer, at, end, QUOTED_NAME, 0, QUOTED_NAME.length)) {
                int list = after(answer, end, ':');
                return list < 0 ? -1 : after(answer, after(answer, list, '['), '"') - 1;
            }
        }
        return -1;
    }

    /** The place behind this character, if nothing but white space is before it; otherwise -1. */
    private static int after(byte[] answer, int from, char wanted) {
        for (int at = from; at >= 0 && at < answer.length; at++) {
            if (answer[at] == wanted) {
                return at + 1;
            }
            if (answer[at] != ' ' && answer[at] != '\n' && answer[at] != '\r' && answer[at] != '\t') {
                return -1;
            }
        }
        return -1;
    }

    /** The place of the next quotation mark; -1 if there is none. Eight bytes are looked at together. */
    private static int nextQuote(byte[] answer, int from) {
        int at = from;
        for (; at <= answer.length - Long.BYTES; at += Long.BYTES) {
            // A quotation mark becomes 0, and the lowest highest bit that is set then belongs to the first 0
            long eight = (long) LONGS.get(answer, at) ^ QUOTES;
            long zeros = (eight - EACH_BYTE) & ~eight & HIGHEST_BITS;
            if (zeros != 0) {
                return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        for (; at < answer.length; at++) {
            if (answer[at] == '"') {
                return at;
            }
        }
        return -1;
    }

    /** Empty if the text is not plain base64. */
    private static Optional<byte[]> decoded(byte[] answer, int from, int end) {
        try {
            ByteBuffer image = Base64.getDecoder().decode(ByteBuffer.wrap(answer, from, end - from));
            return Optional.of(
                    image.limit() == image.array().length
                            ? image.array()
                            : Arrays.copyOf(image.array(), image.limit()));
        } catch (IllegalArgumentException notPlain) {
            return Optional.empty();
        }
    }

    @Override
    public byte[] deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            return (byte[]) context.handleUnexpectedToken(context.constructType(byte[].class), parser);
        }
        return context.getAttribute(PICTURE) instanceof Picture picture
                        && parser.currentTokenLocation().getByteOffset() == picture.quote()
                ? picture.bytes()
                : decoded(parser.getString(), context);
    }

    /** The picture in a text that is short, or has spaces, line ends or escapes. */
    private static byte[] decoded(String text, DeserializationContext context) {
        try {
            return Base64Variants.getDefaultVariant().decode(text);
        } catch (IllegalArgumentException noBase64) {
            throw context.weirdStringException("", byte[].class, "no base64");
        }
    }
}
