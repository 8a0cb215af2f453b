package io.pawline.helm;

import java.util.Locale;
import java.util.Set;

/** Lists what the chart has to give each service: its port and the Secrets that it reads. */
enum Component {
    INGEST(8080),
    DETECT(8082),
    GENERATE(8083),
    MATTING(8084),
    FINALIZE(8085),
    CALLBACK(8086),
    OPS(8087);

    private final int port;

    Component(int port) {
        this.port = port;
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    int port() {
        return port;
    }

    /** The names are those of the minimal values. */
    Set<String> secrets() {
        return switch (this) {
            case INGEST -> Set.of("pawline-database", "pawline-images", "pawline-webhook");
            case DETECT -> Set.of("pawline-ark", "pawline-images");
            case GENERATE -> Set.of("pawline-ark");
            case MATTING -> Set.of("pawline-visual", "pawline-images");
            case FINALIZE -> Set.of("pawline-images");
            case OPS -> Set.of("pawline-database");
            case CALLBACK -> Set.of("pawline-database", "pawline-images", "pawline-webhook");
        };
    }

    boolean isStage() {
        return this != INGEST && this != OPS;
    }
}
