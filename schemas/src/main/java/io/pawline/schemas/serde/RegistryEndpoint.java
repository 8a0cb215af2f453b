package io.pawline.schemas.serde;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Holds one address of the registry with the credentials for it. The text form is the address alone.
 *
 * @param base address without user information and without a slash at the end
 * @param authorization value of the header of that name
 */
record RegistryEndpoint(URI base, Optional<String> authorization) {

    /**
     * The endpoint at this address.
     *
     * @param userInfo {@code user:password}; without it, the user information in the address counts
     * @throws IllegalArgumentException if the address is not http(s) or has no host
     */
    static RegistryEndpoint of(URI address, Optional<String> userInfo) {
        if (!("http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme()))
                || address.getHost() == null) {
            throw new IllegalArgumentException("not an http(s) address with a host");
        }
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        String path = address.getRawPath() == null ? "" : address.getRawPath().replaceFirst("/+$", "");
        URI base = URI.create(address.getScheme() + "://" + address.getHost() + port + path);
        return new RegistryEndpoint(
                base,
                userInfo.or(() -> Optional.ofNullable(address.getUserInfo())).map(RegistryEndpoint::basic));
    }

    private static String basic(String userInfo) {
        return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
