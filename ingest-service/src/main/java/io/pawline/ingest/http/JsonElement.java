package io.pawline.ingest.http;

import java.util.Arrays;

/**
 * Marks the place of one element in the JSON of an array.
 *
 * @param json all bytes, in UTF-8; not copied, so treat them as read-only
 * @param from place of the element's first byte
 * @param length of the element in bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy for each element would be as long as all together
public record JsonElement(byte[] json, int from, int length) {

    /** Whether the element is an object. */
    public boolean isObject() {
        return length > 0 && json[from] == '{';
    }

    /** The JSON of the element alone. */
    public byte[] bytes() {
        return Arrays.copyOfRange(json, from, from + length);
    }
}
