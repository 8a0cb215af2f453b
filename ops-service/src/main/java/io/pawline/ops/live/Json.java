package io.pawline.ops.live;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import tools.jackson.databind.json.JsonMapper;

/** Writes records of this package as bytes, for the topics that are its own. */
final class Json {

    private static final JsonMapper JSON = JsonMapper.shared();

    private Json() {}

    // A deleted record has no value, and stays without one.
    @SuppressWarnings("NullAway")
    static <T> Serde<T> serde(Class<T> type) {
        return Serdes.serdeFrom(
                (_, value) -> value == null ? null : JSON.writeValueAsBytes(value),
                (_, bytes) -> bytes == null ? null : JSON.readValue(bytes, type));
    }

    static String text(Object value) {
        return new String(JSON.writeValueAsBytes(value), StandardCharsets.UTF_8);
    }
}
