package io.pawline.cli;

import picocli.CommandLine.Option;

/** Names by an option the language in which ops-service answers. */
final class LanguageOption {

    @Option(
            names = "--lang",
            paramLabel = "en|zh",
            defaultValue = "en",
            description = "English or Chinese (default: ${DEFAULT-VALUE}).")
    private String code;

    String code() {
        return code;
    }
}
