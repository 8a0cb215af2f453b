package io.pawline.simulator;

/** What the simulator stands in for; the {@link #key()} names it in profiles and in {@code /stats}. */
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
