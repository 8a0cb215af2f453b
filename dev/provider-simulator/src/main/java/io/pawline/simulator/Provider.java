package io.pawline.simulator;

/**
 * A provider is an outside service that the simulator stands in for; {@link #key()} names it in profiles and {@code
 * /stats}.
 */
enum Provider {
    VISION("vision"),
    TEXT_TO_IMAGE("text-to-image"),
    MATTING("matting"),
    CALLBACK("callback");

    private final String key;

    Provider(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }
}
