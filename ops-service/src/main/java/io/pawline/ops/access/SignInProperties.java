package io.pawline.ops.access;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Says how a proxy in front of ops-service signs people in, by settings of {@code pawline.ops.sign-in.*}. Without a
 * secret, only API keys are taken.
 *
 * @param secret which the proxy sends in the header {@code Pawline-Proxy-Secret} of each request, 32 characters or more;
 *     it shows that the other headers are the proxy's. Empty: no proxy signs people in
 * @param userHeader the header in which the proxy names who is signed in; the audit has that name
 * @param groupsHeader the header in which the proxy names his groups, separated by commas
 * @param operators groups whose members may act, separated by commas; everybody else who is signed in may look. Empty:
 *     everybody who is signed in may act
 */
@ConfigurationProperties("pawline.ops.sign-in")
record SignInProperties(
        @DefaultValue("") String secret,
        @DefaultValue("X-Forwarded-User") String userHeader,
        @DefaultValue("X-Forwarded-Groups") String groupsHeader,
        @DefaultValue List<String> operators) {

    private static final int SHORTEST_SECRET = 32;

    SignInProperties {
        operators = List.copyOf(operators);
        if (!secret.isEmpty() && secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("pawline.ops.sign-in.secret must have %d characters or more, had %d"
                    .formatted(SHORTEST_SECRET, secret.length()));
        }
        if (userHeader.isBlank() || groupsHeader.isBlank()) {
            throw new IllegalArgumentException(
                    "pawline.ops.sign-in.user-header and pawline.ops.sign-in.groups-header must not be empty");
        }
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "SignInProperties[userHeader=%s, groupsHeader=%s, operators=%s]"
                .formatted(userHeader, groupsHeader, operators);
    }
}
