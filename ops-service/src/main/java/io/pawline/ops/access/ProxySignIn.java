package io.pawline.ops.access;

import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Recognises operators whom a trusted proxy has signed in. The proxy shows by a secret that a request came through it;
 * whoever reaches the port beside it has no secret, so his headers say nothing. Thread-safe.
 */
final class ProxySignIn {

    /** The header with the proxy's secret. */
    static final String SECRET_HEADER = "Pawline-Proxy-Secret";

    private static final int LONGEST_NAME = 200;

    private final SignInProperties settings;

    ProxySignIn(SignInProperties settings) {
        this.settings = settings;
    }

    /**
     * Finds out whom the proxy has signed in.
     *
     * @return empty if the request did not come through the proxy, so that it needs an API key
     * @throws ProblemException if the secret is wrong, if the proxy names nobody, or if another site sent the request
     */
    Optional<Operator> of(HttpServletRequest request) {
        List<String> secrets = Collections.list(request.getHeaders(SECRET_HEADER));
        if (settings.secret().isEmpty() || secrets.isEmpty()) {
            return Optional.empty();
        }
        if (secrets.size() > 1 || !MessageDigest.isEqual(bytes(secrets.getFirst()), bytes(settings.secret()))) {
            throw ProblemException.challenge(
                    CommonProblem.UNAUTHORIZED, "the secret of the proxy is wrong (pawline.ops.sign-in.secret)", "");
        }
        List<String> users = Collections.list(request.getHeaders(settings.userHeader()));
        if (users.size() != 1 || !isName(users.getFirst())) {
            throw ProblemException.challenge(
                    CommonProblem.UNAUTHORIZED,
                    "the proxy does not name one user (pawline.ops.sign-in.user-header)",
                    "");
        }
        refuseOtherSites(request);
        return Optional.of(new Operator(Optional.of(users.getFirst().strip()), scopes(request)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isName(String user) {
        return !user.isBlank() && user.length() <= LONGEST_NAME && user.chars().noneMatch(Character::isISOControl);
    }

    /** A browser sends the proxy's cookie along with what another site asks of it, and says that it does. */
    private static void refuseOtherSites(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !List.of("same-origin", "none").contains(site)) {
            throw new ProblemException(CommonProblem.FORBIDDEN, "another site sent this request");
        }
    }

    private Set<Scope> scopes(HttpServletRequest request) {
        boolean mayAct = settings.operators().isEmpty()
                || Collections.list(request.getHeaders(settings.groupsHeader())).stream()
                        .flatMap(groups -> Arrays.stream(groups.split(",")))
                        .map(String::strip)
                        .anyMatch(settings.operators()::contains);
        return mayAct ? EnumSet.of(Scope.READ, Scope.OPERATE) : EnumSet.of(Scope.READ);
    }
}
