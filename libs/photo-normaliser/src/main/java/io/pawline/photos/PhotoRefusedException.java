package io.pawline.photos;

import io.pawline.photos.PhotoResult.Fault;
import java.io.Serial;
import java.util.Objects;

/** Ends the reading of a photo that cannot be used. It never leaves the package. */
final class PhotoRefusedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private static final double MOST_LOST = 0.05;

    private final Fault fault;

    private PhotoRefusedException(Fault fault, String detail) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.fault = fault;
    }

    static PhotoRefusedException notAnImage(String detail) {
        return new PhotoRefusedException(Fault.NOT_AN_IMAGE, detail);
    }

    static PhotoRefusedException endsEarly() {
        return notAnImage("ends early: only a part of the file came, send it whole");
    }

    static PhotoRefusedException damaged(PhotoFormat format) {
        return notAnImage("is a damaged %s: save it anew".formatted(format));
    }

    /**
     * Refuses a photo of which too much is lost. With less, what it shows can be seen.
     *
     * @param share 0 to 1
     */
    static void ifLost(double share, PhotoFormat format) throws PhotoRefusedException {
        if (share > MOST_LOST) {
            throw notAnImage("is a damaged %s, of which %.0f %% cannot be seen: send it again, or save it anew"
                    .formatted(format, 100 * share));
        }
    }

    static PhotoRefusedException tooLarge(String detail) {
        return new PhotoRefusedException(Fault.TOO_LARGE, detail);
    }

    PhotoResult.Refused result() {
        return new PhotoResult.Refused(fault, Objects.requireNonNull(getMessage()));
    }
}
