package io.pawline.ops.report;

import io.pawline.schemas.Reason;

/** Groups the causes of failed calls for the report. */
enum Family {
    TIMEOUT,
    OVERLOAD,
    PROVIDER,
    NETWORK,
    MODERATION,
    CONTENT,
    ACCOUNT,
    PAWLINE,
    UNCLASSIFIED;

    static Family of(String reason) {
        return Reason.ofCode(reason).map(Family::of).orElse(UNCLASSIFIED);
    }

    private static Family of(Reason reason) {
        return switch (reason) {
            case CONNECTION_FAILED, CONNECTION_LOST -> NETWORK;
            case MODERATED_PROMPT, MODERATED_PHOTO, MODERATED_IMAGE, MODERATION_UNCERTAIN, MODERATION_UNAVAILABLE ->
                MODERATION;
            case UNCLASSIFIED -> UNCLASSIFIED;
            case SUPERSEDED -> PAWLINE;
            default ->
                switch (reason.scope()) {
                    case TIMEOUT -> TIMEOUT;
                    case OVERLOAD -> OVERLOAD;
                    case PROVIDER -> PROVIDER;
                    case ACCOUNT -> ACCOUNT;
                    case PAWLINE -> PAWLINE;
                    case TASK, ANSWER -> CONTENT;
                };
        };
    }
}
