package io.pawline.outbound;

import java.net.UnknownHostException;

/**
 * Says that a host is unknown, or that it has an address that is not public. Nobody is to learn which: it would tell
 * what names exist inside. OkHttp's {@code Dns} may throw only an {@link UnknownHostException}.
 */
final class NoPublicAddressException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    NoPublicAddressException() {
        super("the host is unknown or not public");
    }
}
