package io.pawline.outbound.ark;

import java.io.IOException;
import java.io.OutputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes JSON to the connection piece by piece. The JSON is written twice: first to count its bytes, because not every
 * gateway takes a body of unknown length.
 */
public final class StreamedJson extends RequestBody {

    private static final MediaType JSON = MediaType.get("application/json");

    private final ObjectWriter writer;
    private final JsonNode body;
    private final long length;

    /** @param body must not change before it is sent */
    public StreamedJson(JsonMapper json, JsonNode body) {
        this.writer = json.writer().without(StreamWriteFeature.AUTO_CLOSE_TARGET);
        this.body = body;
        Counter counter = new Counter();
        writer.writeValue(counter, body);
        this.length = counter.bytes;
    }

    @Override
    public MediaType contentType() {
        return JSON;
    }

    @Override
    public long contentLength() {
        return length;
    }

    /** @throws IOException if the connection fails; the caller has to see it as such, and not as an error of JSON */
    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        try {
            writer.writeValue(sink.outputStream(), body);
        } catch (JacksonIOException failed) {
            throw failed.getCause();
        }
    }

    private static final class Counter extends OutputStream {

        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int off, int len) {
            bytes += len;
        }
    }
}
