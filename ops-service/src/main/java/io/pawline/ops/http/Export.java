package io.pawline.ops.http;

import io.pawline.ops.letters.Letter;
import io.pawline.ops.letters.LetterFilter;
import io.pawline.ops.letters.LetterQueries;
import io.pawline.ops.letters.LetterQueries.Place;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Letters as a file, one a line, newest first. */
enum Export {
    /** One JSON object a line, as the list shows it. */
    NDJSON("application/x-ndjson;charset=UTF-8", "") {
        @Override
        String line(Letter letter) {
            return JSON.writeValueAsString(LetterView.of(letter)) + "\n";
        }
    },

    /** RFC 4180, with a header. */
    CSV(
            "text/csv;charset=UTF-8",
            "id,state,stage,reason,provider_code,detail,failed_at,attempts,task_id,generation,tenant,style,client_ref,submitted_at,topic,partition,offset\r\n") {
        @Override
        String line(Letter letter) {
            return Stream.of(
                            cell(letter.id()),
                            cell(letter.state()),
                            cell(letter.stage()),
                            cell(letter.reason()),
                            cell(letter.providerCode()),
                            cell(letter.detail()),
                            cell(letter.failedAt()),
                            cell(letter.attempts()),
                            cell(letter.taskId()),
                            cell(letter.generation()),
                            cell(letter.tenant()),
                            cell(letter.style()),
                            cell(letter.clientRef()),
                            cell(letter.submittedAt()),
                            cell(letter.topic()),
                            cell(letter.partition()),
                            cell(letter.offset()))
                    .collect(Collectors.joining(",", "", "\r\n"));
        }
    };

    private static final int PAGE = 1_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String mediaType;
    private final String head;

    Export(String mediaType, String head) {
        this.mediaType = mediaType;
        this.head = head;
    }

    abstract String line(Letter letter);

    static Export named(@Nullable String name) {
        return Arrays.stream(values())
                .filter(format -> format.suffix().equals(name == null ? "ndjson" : name))
                .findFirst()
                .orElseThrow(() -> Parameters.invalid("format is neither ndjson nor csv"));
    }

    MediaType mediaType() {
        return MediaType.parseMediaType(mediaType);
    }

    String suffix() {
        return name().toLowerCase(Locale.ROOT);
    }

    void write(LetterQueries letters, LetterFilter filter, OutputStream out) throws IOException {
        out.write(head.getBytes(StandardCharsets.UTF_8));
        Place below = null;
        List<Letter> page;
        do {
            page = letters.page(filter, below, PAGE);
            for (Letter letter : page) {
                out.write(line(letter).getBytes(StandardCharsets.UTF_8));
                below = Place.of(letter);
            }
        } while (page.size() == PAGE);
    }

    /** Quoted; and what a spreadsheet would take for a formula begins with an apostrophe. */
    private static String cell(@Nullable Object value) {
        String text = value == null ? "" : value.toString();
        String harmless = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
