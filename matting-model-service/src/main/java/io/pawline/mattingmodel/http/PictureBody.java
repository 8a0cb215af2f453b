package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.NotCutOutException;
import io.pawline.mattingmodel.work.NotCutOutException.Fault;
import io.pawline.mattingmodel.work.Places;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the picture in the body of a request, within a bound, once there is memory for it. Thread-safe. */
public final class PictureBody {

    private final int mostBytes;

    /** @param mostBytes of a picture as it comes */
    public PictureBody(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Reads the body.
     *
     * @param place holds the memory from now on
     * @throws NotCutOutException if the body has more bytes than that, or there is no memory for it
     * @throws IOException if the client does not send it to its end
     */
    ByteBuffer read(HttpServletRequest request, Places.Place place) throws IOException {
        long length = request.getContentLengthLong();
        if (length > mostBytes) {
            throw tooLarge();
        }
        int most = length < 0 ? mostBytes : (int) length;
        place.hold(most);
        byte[] body = request.getInputStream().readNBytes(most);
        if (request.getInputStream().read() >= 0) {
            throw tooLarge();
        }
        place.hold(body.length);
        return ByteBuffer.wrap(body);
    }

    private NotCutOutException tooLarge() {
        return new NotCutOutException(
                Fault.TOO_LARGE, "a picture has at most %d bytes: this one has more".formatted(mostBytes));
    }
}
