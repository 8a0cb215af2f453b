package io.pawline.matting.visual;

import java.util.Base64;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads a picture in base64 by the JDK's decoder, which takes many characters at once. Jackson's takes them one by one: a
 * seventh of the processor time of a whole task.
 */
final class Base64Image extends ValueDeserializer<byte[]> {

    @Override
    public byte[] deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            return (byte[]) context.handleUnexpectedToken(context.constructType(byte[].class), parser);
        }
        String text = parser.getString();
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notPlain) {
            return withSpaces(text, context);
        }
    }

    private static byte[] withSpaces(String text, DeserializationContext context) {
        try {
            return Base64Variants.getDefaultVariant().decode(text);
        } catch (IllegalArgumentException noBase64) {
            throw context.weirdStringException("", byte[].class, "no base64");
        }
    }
}
