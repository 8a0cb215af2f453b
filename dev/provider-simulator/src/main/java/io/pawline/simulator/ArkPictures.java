package io.pawline.simulator;

import io.pawline.simulator.SimulatedArkErrors.Refused;
import io.pawline.simulator.picture.PictureCodec;
import java.util.Base64;

/** Gets the pictures that requests to Ark bring, as {@code data:} URLs or as addresses, and checks them as Ark does. */
final class ArkPictures {

    /** The shortest side of a picture that Ark takes, in pixels. */
    private static final int LEAST_SIDE = 14;

    private final WebPictures web;
    private final ReceivedPictures received;

    ArkPictures(WebPictures web, ReceivedPictures received) {
        this.web = web;
        this.received = received;
    }

    /** The file. Its header is that of a picture with sides that Ark takes. */
    byte[] get(Provider provider, String url) throws Refused, InterruptedException {
        byte[] picture = bytes(url);
        received.add(provider, declaredType(url), picture);
        PictureCodec.Size size = PictureCodec.size(picture)
                .orElseThrow(() -> invalid("InvalidFormat", "it is not a picture in a supported format"));
        if (Math.min(size.width(), size.height()) < LEAST_SIDE) {
            throw SimulatedArkErrors.invalid(
                    "image_url", "each side must have %d pixels or more".formatted(LEAST_SIDE));
        }
        return picture;
    }

    private static String declaredType(String url) {
        return url.startsWith("data:") ? url.substring("data:".length(), url.indexOf(';')) : "";
    }

    private byte[] bytes(String url) throws Refused, InterruptedException {
        if (url.isEmpty()) {
            throw invalid("EmptyURL", "it is empty");
        }
        if (url.startsWith("data:")) {
            int comma = url.indexOf(";base64,");
            if (!url.startsWith("data:image/") || comma < 0) {
                throw invalid("InvalidFormat", "a data address must be data:image/<format>;base64,<bytes>");
            }
            try {
                return Base64.getDecoder().decode(url.substring(comma + ";base64,".length()));
            } catch (IllegalArgumentException e) {
                throw invalid("InvalidFormat", "its base64 is broken");
            }
        }
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            throw invalid("InvalidFormat", "it must start with http://, https:// or data:");
        }
        return web.fetch(url).orElseThrow(() -> invalid("Unreachable", "it cannot be downloaded"));
    }

    /** Refuses the address of a picture. */
    static Refused invalid(String kind, String why) {
        return new Refused(400, "InvalidImageURL." + kind, "image_url", "The image URL is not valid: " + why + ".");
    }
}
