package io.pawline.outbound.ark;

import io.pawline.schemas.Reason;
import java.util.Arrays;
import java.util.Set;

/** Lists the calls to Ark that Pawline makes, and which of their parameters carry what a task brings. */
public enum ArkOperation {
    /** Asks a model about a photo. A request that is refused without a name of a parameter is the photo's fault. */
    CHAT("chat/completions", Set.of("messages", "content", "text", "image", "image_url"), Reason.INVALID_REQUEST),
    /**
     * Asks a model for a picture. Only the prompt and a reference photo differ from task to task. So a request that is
     * refused without a name of a parameter is a fault of the settings.
     */
    GENERATION("images/generations", Set.of("prompt", "image", "image_url"), Reason.CONFIGURATION);

    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
    private final Set<String> ofTheTask;

    private final Reason unnamed;

    ArkOperation(String path, Set<String> ofTheTask, Reason unnamed) {
        this.path = path;
        this.ofTheTask = ofTheTask;
        this.unnamed = unnamed;
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
        boolean task = Arrays.stream(name.split("[.\\[\\]]+")).anyMatch(ofTheTask::contains);
        return task ? Reason.INVALID_REQUEST : Reason.CONFIGURATION;
    }
}
