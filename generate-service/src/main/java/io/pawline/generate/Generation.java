package io.pawline.generate;

import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Says what came of a call to the text-to-image model. */
sealed interface Generation {

    /**
     * The model made a picture.
     *
     * @param url address at which the provider keeps it for a day; may be signed
     */
    record Picture(URI url) implements Generation {
        public Picture {
            Objects.requireNonNull(url, "url");
        }
    }

    /**
     * Nobody knows of a picture.
     *
     * @param notBefore moment before which the provider does not want to be called again, if it said so
     */
    record Failed(Reason reason, String detail, Optional<Instant> notBefore) implements Generation {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(notBefore, "notBefore");
        }
    }
}
