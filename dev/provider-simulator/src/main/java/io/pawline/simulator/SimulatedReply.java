package io.pawline.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Says what becomes of a request. */
sealed interface SimulatedReply {

    /** Reads and writes all JSON of the simulator; thread-safe. */
    JsonMapper JSON = JsonMapper.builder().build();

    /**
     * An answer is sent to the client.
     *
     * @param code the provider's code, or {@code ok} if it has none; {@code /stats} counts the answer under it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, String code, String contentType, byte[] body, Map<String, String> headers)
            implements SimulatedReply {
        public Answer {
            headers = Map.copyOf(headers);
        }

        boolean isOk() {
            return status < 300;
        }
    }

    /** The connection is reset. */
    record Reset() implements SimulatedReply {}

    /** Nothing is answered; the client has left. */
    record Silence() implements SimulatedReply {}

    static Answer ok(Object json) {
        return json(200, "ok", json);
    }

    static Answer json(int status, String code, Object json) {
        return new Answer(status, code, "application/json", JSON.writeValueAsBytes(json), Map.of());
    }

    /** 200 with JSON that breaks off. */
    static Answer malformed() {
        byte[] body = "{\"data\":[{\"url\":\"http".getBytes(StandardCharsets.UTF_8);
        return new Answer(200, "malformed", "application/json", body, Map.of());
    }

    static Answer bytes(String contentType, byte[] body) {
        return new Answer(200, "ok", contentType, body, Map.of());
    }

    /** An error of the simulator's own, not a provider's. */
    static Answer problem(int status, String detail) {
        return json(status, "http-" + status, Map.of("status", status, "detail", detail));
    }
}
