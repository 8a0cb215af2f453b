package io.pawline.ops.deadletters;

import io.pawline.ops.deadletters.DeadLetterQueries.Place;
import io.pawline.ops.http.Parameters;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes dead letters into a file, one a line, newest first. */
enum DeadLetterExport {
    /** Each line is a JSON object, as the list shows it. */
    NDJSON("application/x-ndjson;charset=UTF-8", "") {
        @Override
        String line(DeadLetter deadLetter) {
            return JSON.writeValueAsString(DeadLetterView.of(deadLetter)) + "\n";
        }
    },

    /** The file is as RFC 4180 says, with a header. */
    CSV(
            "text/csv;charset=UTF-8",
            "id,state,stage,reason,provider_code,detail,failed_at,attempts,task_id,generation,tenant,style,client_ref,submitted_at,topic,partition,offset\r\n") {
        @Override
        String line(DeadLetter deadLetter) {
            return Stream.of(
                            cell(deadLetter.id()),
                            cell(deadLetter.state()),
                            cell(deadLetter.stage()),
                            cell(deadLetter.reason()),
                            cell(deadLetter.providerCode()),
                            cell(deadLetter.detail()),
                            cell(deadLetter.failedAt()),
                            cell(deadLetter.attempts()),
                            cell(deadLetter.taskId()),
                            cell(deadLetter.generation()),
                            cell(deadLetter.tenant()),
                            cell(deadLetter.style()),
                            cell(deadLetter.clientRef()),
                            cell(deadLetter.submittedAt()),
                            cell(deadLetter.topic()),
                            cell(deadLetter.partition()),
                            cell(deadLetter.offset()))
                    .collect(Collectors.joining(",", "", "\r\n"));
        }
    };

    private static final int PAGE = 1_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String mediaType;
    private final String head;

    DeadLetterExport(String mediaType, String head) {
        this.mediaType = mediaType;
        this.head = head;
    }

    abstract String line(DeadLetter deadLetter);

    static DeadLetterExport named(@Nullable String name) {
        return Arrays.stream(values())
                .filter(format -> format.suffix().equals(name == null ? "ndjson" : name))
                .findFirst()
                .orElseThrow(() -> Parameters.invalid("format is neither ndjson nor csv"));
    }

    String mediaType() {
        return mediaType;
    }

    String suffix() {
        return name().toLowerCase(Locale.ROOT);
    }

    void write(DeadLetterQueries queries, DeadLetterFilter filter, OutputStream out) throws IOException {
        out.write(head.getBytes(StandardCharsets.UTF_8));
        Place below = null;
        List<DeadLetter> page;
        do {
            page = queries.page(filter, below, PAGE);
            for (DeadLetter deadLetter : page) {
                out.write(line(deadLetter).getBytes(StandardCharsets.UTF_8));
                below = Place.of(deadLetter);
            }
        } while (page.size() == PAGE);
    }

    /** Quotes a cell, and puts an apostrophe before what a spreadsheet would take for a formula. */
    private static String cell(@Nullable Object value) {
        String text = value == null ? "" : value.toString();
        String harmless = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
