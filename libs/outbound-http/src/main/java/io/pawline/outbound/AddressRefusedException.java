package io.pawline.outbound;

import java.net.UnknownHostException;

/** The guard does not let this address be called. An {@link UnknownHostException}, as OkHttp's {@code Dns} may throw no other. */
final class AddressRefusedException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
