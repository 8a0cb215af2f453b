package io.pawline.ops.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes a report in one of several formats. */
enum ReportFormat {
    /** This format is for programs, and the same in every language. */
    JSON("application/json") {
        @Override
        public byte[] write(Report report, @Nullable Report before, Words words) {
            return MAPPER.writeValueAsBytes(before == null ? report : new TwoReports(report, before));
        }
    },
    MD("text/markdown;charset=UTF-8") {
        @Override
        public byte[] write(Report report, @Nullable Report before, Words words) {
            return Markdown.of(ReportText.of(report, before, words)).getBytes(UTF_8);
        }
    },
    HTML("text/html;charset=UTF-8") {
        @Override
        public byte[] write(Report report, @Nullable Report before, Words words) {
            return page(ReportText.of(report, before, words), words).getBytes(UTF_8);
        }
    },
    /** The text in Markdown and the pictures that it names: what the console shows. */
    PAGE("application/json") {
        @Override
        public byte[] write(Report report, @Nullable Report before, Words words) {
            List<Block> blocks = ReportText.of(report, before, words);
            Map<String, String> pictures = new LinkedHashMap<>();
            for (Block block : blocks) {
                if (block instanceof Block.Picture picture) {
                    pictures.put(picture.name(), picture.svg().inline());
                }
            }
            return MAPPER.writeValueAsBytes(new Page(Markdown.of(blocks), pictures));
        }
    },
    /** All files: the page, the Markdown with its pictures, and each table as CSV. */
    ZIP("application/zip") {
        @Override
        public byte[] write(Report report, @Nullable Report before, Words words) {
            List<Block> blocks = ReportText.of(report, before, words);
            return ReportArchive.of(blocks, page(blocks, words));
        }
    };

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final String mediaType;

    ReportFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    /** Two periods in JSON. */
    record TwoReports(Report report, Report before) {}

    /** @param pictures SVG by the name in the text */
    record Page(String text, Map<String, String> pictures) {
        Page {
            pictures = Collections.unmodifiableMap(new LinkedHashMap<>(pictures));
        }
    }

    /** @param before another period beside it; null: alone */
    abstract byte[] write(Report report, @Nullable Report before, Words words);

    String mediaType() {
        return mediaType;
    }

    private static String page(List<Block> blocks, Words words) {
        return HtmlPage.of(blocks, words.language(), words.say("h.title"));
    }
}
