package io.pawline.outbound.openai;

import io.pawline.outbound.CallFacts;
import io.pawline.outbound.ImageKind;
import io.pawline.schemas.Reason;
import java.net.URI;
import java.util.Objects;

/** Says what came of one call to the OpenAI images API. */
public sealed interface OpenAiAnswer {

    CallFacts facts();

    /**
     * The picture is in the answer.
     *
     * @param bytes the file; not copied
     * @param tokens that the call has used; 0 if nothing is said of them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared; copying megabytes would buy nothing
    record Picture(byte[] bytes, ImageKind kind, long tokens, CallFacts facts) implements OpenAiAnswer {
        public Picture {
            Objects.requireNonNull(bytes, "bytes");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(facts, "facts");
        }
    }

    /**
     * The answer says where the picture is, for an hour.
     *
     * @param address http or https; may be signed
     * @param tokens that the call has used; 0 if nothing is said of them
     */
    record PictureAt(URI address, long tokens, CallFacts facts) implements OpenAiAnswer {
        public PictureAt {
            Objects.requireNonNull(address, "address");
            Objects.requireNonNull(facts, "facts");
        }
    }

    /**
     * Nobody knows of a picture.
     *
     * @param detail one sentence for a person, without key, address and image
     */
    record Failed(Reason reason, String detail, CallFacts facts) implements OpenAiAnswer {
        public Failed {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(facts, "facts");
        }
    }
}
