package io.pawline.ops.canary;

import io.pawline.schemas.Reason;
import java.util.Locale;
import java.util.Optional;

/** Says why the result of a task is bad, in a comparison of providers. */
enum CanaryCause {
    /** The provider did not answer, or not with what was asked for. */
    FAILED,
    /** Something refused the content: of the request, or of what was made. */
    MODERATED,
    /** What came out of it is no plausible picture. */
    IMPLAUSIBLE,
    /** The model saw no pet. Of some photos that is right, so the others have such results as well. */
    NO_PET,
    /** The call took far longer than those of the others. */
    SLOW,
    /** The task's calls cost far more than those of the others. */
    COSTLY;

    /** Returns the name in tables and in the API. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what a failure says of the provider; empty: nothing, so that the task does not count. A provider that has
     * too much to do is not worse for that.
     */
    static Optional<CanaryCause> of(Reason failure) {
        return switch (failure) {
            case MODERATED_PROMPT, MODERATED_PHOTO, MODERATED_IMAGE, MODERATION_UNCERTAIN -> Optional.of(MODERATED);
            case INCONSISTENT_RESULT -> Optional.of(IMPLAUSIBLE);
            case NO_PET -> Optional.of(NO_PET);
            case INVALID_REQUEST, UNCLASSIFIED -> Optional.of(FAILED);
            default ->
                switch (failure.scope()) {
                    case TIMEOUT, PROVIDER, ACCOUNT, ANSWER -> Optional.of(FAILED);
                    case TASK, OVERLOAD, PAWLINE -> Optional.empty();
                };
        };
    }
}
