package io.pawline.ingest;

import java.nio.ByteBuffer;
import java.util.Base64;

/** Images as tests want them. */
final class TestingImages {

    /** A whole PNG of one pixel. */
    static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    private TestingImages() {}

    /** The same, but its header claims this size. */
    static byte[] pngClaiming(int width, int height) {
        byte[] png = PNG.clone();
        ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }
}
