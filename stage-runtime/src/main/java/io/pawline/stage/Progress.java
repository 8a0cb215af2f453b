package io.pawline.stage;

import io.pawline.schemas.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * How far a record has come in its stage, as its headers tell. Headers that cannot be read count as absent: a foreign
 * record is then simply a first attempt.
 *
 * @param attempt which try it is for, 1 for the first
 * @param notBefore when that try is due; the epoch when at once
 */
record Progress(int attempt, Instant notBefore, Optional<Instant> firstFailedAt) {

    static Progress of(Headers headers) {
        long attempt = number(headers, RecordHeaders.ATTEMPT).orElse(1L);
        return new Progress(
                Math.clamp(attempt, 1, Integer.MAX_VALUE),
                instant(headers, RecordHeaders.NOT_BEFORE).orElse(Instant.EPOCH),
                instant(headers, RecordHeaders.FIRST_FAILED_AT));
    }

    private static Optional<Instant> instant(Headers headers, String name) {
        return number(headers, name).map(Instant::ofEpochMilli);
    }

    private static Optional<Long> number(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(new String(header.value(), StandardCharsets.UTF_8)));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }
}
