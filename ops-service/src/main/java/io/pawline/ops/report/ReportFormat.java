package io.pawline.ops.report;

import tools.jackson.databind.json.JsonMapper;

/** Writes a report in one of several formats. */
enum ReportFormat {
    /** This format is for programs, and the same in every language. */
    JSON("application/json") {
        @Override
        public String write(Report report, Words words) {
            return MAPPER.writeValueAsString(report);
        }
    },
    MD("text/markdown;charset=UTF-8") {
        @Override
        public String write(Report report, Words words) {
            return Markdown.of(ReportText.of(report, words));
        }
    },
    HTML("text/html;charset=UTF-8") {
        @Override
        public String write(Report report, Words words) {
            return HtmlPage.of(ReportText.of(report, words), words.language(), words.say("h.title"));
        }
    };

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final String mediaType;

    ReportFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    abstract String write(Report report, Words words);

    String mediaType() {
        return mediaType;
    }
}
