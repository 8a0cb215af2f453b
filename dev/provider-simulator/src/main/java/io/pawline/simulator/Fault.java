package io.pawline.simulator;

/**
 * Describes one way in which a call can fail.
 *
 * @param code the provider's own code, as answered and as counted
 * @param status HTTP status of the answer; 0: there is no answer
 */
record Fault(Kind kind, String code, int status, String message) {

    enum Kind {
        /** An answer in the provider's error shape. */
        ERROR,
        /** The gateway's error shape instead of the service's (Volcengine has two). */
        GATEWAY_ERROR,
        /** The connection is reset instead of an answer. */
        CONNECTION_RESET,
        /** No answer, however long the client waits. */
        HANG,
        /** 200 with JSON that breaks off. */
        MALFORMED,
        /** 200 with a cut-out in which nothing is left. */
        EMPTY_CUT_OUT
    }
}
