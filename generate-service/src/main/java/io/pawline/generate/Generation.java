package io.pawline.generate;

import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What the text-to-image model made. */
sealed interface Generation {

    /**
     * A picture.
     *
     * @param url where the provider keeps it for a day; may be signed
     */
    record Picture(URI url) implements Generation {
        public Picture {
            Objects.requireNonNull(url, "url");
        }
    }

    /**
     * None that we know of.
     *
     * @param notBefore when the provider wants to be called again, if it said so
     */
    record Failed(Reason reason, String detail, Optional<Instant> notBefore) implements Generation {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(notBefore, "notBefore");
        }
    }
}
