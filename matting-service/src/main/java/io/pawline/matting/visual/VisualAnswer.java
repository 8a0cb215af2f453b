package io.pawline.matting.visual;

import io.pawline.schemas.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What came of one call to the visual API. */
public sealed interface VisualAnswer {

    /**
     * The cut-out itself: a PNG by its first bytes, not decoded.
     *
     * @param png not copied: treat it as read-only
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record CutOut(byte[] png) implements VisualAnswer {
        public CutOut {
            Objects.requireNonNull(png, "png");
        }
    }

    /** The cut-out is to be fetched from there. */
    record CutOutAt(URI url) implements VisualAnswer {
        public CutOutAt {
            Objects.requireNonNull(url, "url");
        }
    }

    /**
     * There is none.
     *
     * @param detail one sentence for a person: no key, no address, no image
     * @param notBefore when the provider wants to be called again, if it said so
     */
    record Failed(Reason reason, String detail, Optional<Instant> notBefore) implements VisualAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(notBefore, "notBefore");
        }
    }
}
