package io.pawline.outbound.visual;

import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** Says what came of one call to a matting provider. */
public sealed interface VisualAnswer {

    /**
     * The cut-out itself. Its first bytes are those of a PNG; it was not decoded.
     *
     * @param png not copied: treat it as read-only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record CutOut(byte[] png) implements VisualAnswer {
        public CutOut {
            Objects.requireNonNull(png, "png");
        }
    }

    /** The address of the cut-out. */
    record CutOutAt(URI url) implements VisualAnswer {
        public CutOutAt {
            Objects.requireNonNull(url, "url");
        }
    }

    /**
     * The call brought no cut-out.
     *
     * @param detail one sentence for a person, without key, address and image
     * @param notBefore moment before which the provider does not want to be called again, if it said so
     */
    record Failed(Reason reason, String detail, Optional<Instant> notBefore) implements VisualAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(notBefore, "notBefore");
        }
    }
}
