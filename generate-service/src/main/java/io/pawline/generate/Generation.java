package io.pawline.generate;

import io.pawline.outbound.ImageKind;
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
     * The model made a picture, which nobody keeps.
     *
     * @param bytes the file; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record Drawn(byte[] bytes, ImageKind kind) implements Generation {
        public Drawn {
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(kind, "kind");
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
