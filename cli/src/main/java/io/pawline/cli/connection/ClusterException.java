package io.pawline.cli.connection;

import java.io.Serial;

/** Says why a Kafka cluster did not do what it was asked, and what may help. */
public final class ClusterException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
