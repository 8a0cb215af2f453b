package io.pawline.ingest.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormStreamTest {

    private static final String TYPE = "multipart/form-data; boundary=--edge";

    /** Bytes of which many look like the beginning of a boundary. */
    @Provide
    Arbitrary<String> contents() {
        return Arbitraries.strings()
                .withChars('\r', '\n', '-', 'e', 'd', 'g', '\u0000', '\u00ff')
                .ofMaxLength(80);
    }

    @Property(tries = 1000)
    void givesEachPartItsBytesHoweverTheyArrive(
            @ForAll("contents") String first, @ForAll("contents") String second, @ForAll long seed) throws IOException {
        // Such bytes would be a boundary
        Assume.that(!("\n" + first + "\n" + second).contains("\n----edge"));
        String body = part("name=a", first) + part("name=\"b\"; filename=x", second) + "----edge--\r\n";
        assertThat(read(new Trickle(body.getBytes(ISO_8859_1), seed)))
                .containsExactly(Map.entry("a", first), Map.entry("b", second));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=a",
                "form-data; name=\"a\"",
                "form-data;name=\"a\";filename=\"cat.jpg\"",
                "form-data; filename=\"C:\\photos\\cat.jpg\"; name=\"a\"",
                "form-data; name=\"a\"; filename*=UTF-8''%E7%8C%AB.jpg",
                // the letters of GBK, as programs on a Chinese Windows send them
                "form-data; name=\"a\"; filename=\"\u00c3\u00a8.jpg\"",
                "Form-Data; name=\"a\"",
            })
    void findsTheNameOfAPart(String disposition) throws IOException {
        String body = "----edge\r\nContent-Disposition: " + disposition + "\r\n\r\nx\r\n----edge--\r\n";
        assertThat(read(new ByteArrayInputStream(body.getBytes(ISO_8859_1)))).containsExactly(Map.entry("a", "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "----edge",
                "----edge\r\n",
                "----edge\r\n\r\nx\r\n----edge--",
                "----edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n----edge--",
                "----edge\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n----edge--",
                "----edge\r\nContent-Disposition: form-data; name=\"\r\n\r\nx\r\n----edge--",
                "----edge\r\nContent-Disposition: form-data; filename*=UTF-8''%E7; name\r\n\r\nx\r\n----edge--",
                "----edge\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n----edge",
                "----edge\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n",
                "----edge\r\nContent-Disposition: form-data; name=a\r\n"
                        + "Content-Transfer-Encoding: base64\r\n\r\neA==\r\n----edge--",
            })
    void refusesWhatIsNoWholeForm(String body) {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(body.getBytes(ISO_8859_1))))
                .isInstanceOf(ProblemException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=", "text/plain"})
    void refusesAFormWithoutABoundary(String type) {
        assertThatThrownBy(() -> FormStream.read(InputStream.nullInputStream(), type, (_, _) -> _ -> {}))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void readsNothingMoreOnceAPartIsRefused() {
        String head = "----edge\r\nContent-Disposition: form-data; name=no\r\n\r\n";
        ByteArrayInputStream in = new ByteArrayInputStream(Arrays.copyOf(head.getBytes(UTF_8), 10_000_000));
        assertThatThrownBy(() -> FormStream.read(in, TYPE, (name, _) -> {
                    throw new ProblemException(CommonProblem.INVALID_REQUEST, name);
                }))
                .isInstanceOf(ProblemException.class)
                .hasMessage("no");
        assertThat(in.available()).isGreaterThan(9_900_000);
    }

    private static String part(String disposition, String content) {
        return "----edge\r\nContent-Disposition: form-data; %s\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n"
                .formatted(disposition, content);
    }

    private static Map<String, String> read(InputStream form) throws IOException {
        Map<String, ByteArrayOutputStream> parts = new LinkedHashMap<>();
        FormStream.read(form, TYPE, (name, _) -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            parts.put(name, bytes);
            return piece -> {
                while (piece.hasRemaining()) {
                    bytes.write(piece.get());
                }
            };
        });
        Map<String, String> texts = new LinkedHashMap<>();
        parts.forEach((name, bytes) -> texts.put(name, bytes.toString(ISO_8859_1)));
        return texts;
    }

    /** Gives a few bytes at a time, as a network may. */
    private static final class Trickle extends InputStream {

        private final ByteArrayInputStream bytes;
        private final Random random;

        private Trickle(byte[] bytes, long seed) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = new Random(seed);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return bytes.read(into, from, Math.min(length, 1 + random.nextInt(6)));
        }
    }
}
