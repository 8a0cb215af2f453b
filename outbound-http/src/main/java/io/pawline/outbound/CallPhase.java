package io.pawline.outbound;

/** How far a call came before it died: it decides whether the other side may have done, and billed, the work. */
public enum CallPhase {
    /** Looking up the host, connecting, the TLS handshake: nothing of the request was sent. */
    CONNECT,
    /** A part of the request may have been sent. */
    SEND,
    /** The whole request was sent; no answer came. */
    WAIT,
    /** The answer had begun. */
    READ
}
