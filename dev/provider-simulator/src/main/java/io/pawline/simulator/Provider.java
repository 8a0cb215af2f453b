package io.pawline.simulator;

/**
 * Lists the outside services that the simulator stands in for; {@link #key()} names one in profiles and {@code /stats}.
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
