package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists the calls to Ark that Pawline makes, and which of their parameters carry what a task brings. */
public enum ArkOperation {
    /** Asks a model about a photo. A request that is refused without a name of a parameter is the photo's fault. */
    CHAT(
            "chat/completions",
            Set.of("messages", "content", "text", "image", "image_url"),
            Reason.INVALID_REQUEST,
            "pawline.detect.",
            Map.of(
                    "model", "model",
                    "thinking", "thinking",
                    "max_tokens", "max-tokens",
                    "response_format", "answer-format",
                    "detail", "detail")),
    /**
     * Asks a model for a picture. Only the prompt and a reference photo differ from task to task. So a request that is
     * refused without a name of a parameter is a fault of the settings.
     */
    GENERATION(
            "images/generations",
            Set.of("prompt", "image", "image_url"),
            Reason.CONFIGURATION,
            "pawline.generate.",
            Map.of(
                    "model", "model",
                    "size", "size",
                    "seed", "seed",
                    "guidance_scale", "guidance-scale",
                    "output_format", "transparent",
                    "watermark", "watermark"));

    /** Stands for all settings of the stage. */
    private static final String UNNAMED = "*";

    private static final Pattern PARTS = Pattern.compile("[.\\[\\]]+");

    private final String path;
    private final String prefix;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
    private final Set<String> ofTheTask;

    private final Reason unnamed;

    @SuppressWarnings("ImmutableEnumChecker") // Map.of cannot be changed
    private final Map<String, String> settings;

    ArkOperation(String path, Set<String> ofTheTask, Reason unnamed, String prefix, Map<String, String> settings) {
        this.path = path;
        this.ofTheTask = ofTheTask;
        this.unnamed = unnamed;
        this.prefix = prefix;
        this.settings = settings;
    }

    /** The path of the call below the base URL, without a leading slash. */
    String path() {
        return path;
    }

    /**
     * Says whose fault it is if Ark refuses this parameter. Every task sends the parameters from the settings, so no
     * call succeeds while one of them is wrong.
     *
     * @param name as Ark writes it, for example {@code messages[0].content.image_url}; empty: Ark named none
     */
    Reason refused(String name) {
        if (name.isEmpty()) {
            return unnamed;
        }
        boolean task = PARTS.splitAsStream(name).anyMatch(ofTheTask::contains);
        return task ? Reason.INVALID_REQUEST : Reason.CONFIGURATION;
    }

    /**
     * Names the setting that this parameter comes from. If there is none, it names all settings of the stage.
     *
     * @param name as Ark writes it, for example {@code response_format.type}
     */
    String setting(String name) {
        return prefix
                + PARTS.splitAsStream(name)
                        .map(settings::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(UNNAMED);
    }

    /** The names of all settings that {@link #setting} may return. */
    public Set<String> settings() {
        return Stream.concat(settings.values().stream(), Stream.of(UNNAMED))
                .map(prefix::concat)
                .collect(Collectors.toUnmodifiableSet());
    }
}
