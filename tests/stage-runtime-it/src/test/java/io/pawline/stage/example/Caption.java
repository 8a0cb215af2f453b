package io.pawline.stage.example;

import io.pawline.schemas.Reason;

/** Says what came of asking for a caption. */
sealed interface Caption {

    record Text(String words) implements Caption {}

    record Missing(Reason reason, String detail) implements Caption {}
}
