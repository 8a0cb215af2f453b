package io.pawline.mattingmodel.http;

import io.pawline.mattingmodel.work.Places;
import io.pawline.mattingmodel.work.Workers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Speaks the format {@code pawline-matting}: the body of the request is a picture, and the body of the answer is the same
 * picture as a PNG whose background is transparent. Thread-safe.
 */
@RestController
final class CutOutController {

    private final Places places;
    private final Workers workers;
    private final PictureBody body;

    CutOutController(Places places, Workers workers, PictureBody body) {
        this.places = places;
        this.workers = workers;
        this.body = body;
    }

    @PostMapping("/v1/cut-out")
    void cutOut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try (Places.Place place = places.take()) {
            byte[] png = workers.cutOut(place, body.read(request, place));
            response.setContentType(MediaType.IMAGE_PNG_VALUE);
            response.setContentLength(png.length);
            response.getOutputStream().write(png);
        }
    }
}
