package io.pawline.outbound;

import java.net.UnknownHostException;

/** Says that the guard refuses an address. OkHttp's {@code Dns} may throw only an {@link UnknownHostException}. */
final class AddressRefusedException extends UnknownHostException {

    private static final long serialVersionUID = 1L;

    AddressRefusedException(String message) {
        super(message);
    }
}
