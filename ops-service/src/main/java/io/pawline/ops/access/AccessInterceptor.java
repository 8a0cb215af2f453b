package io.pawline.ops.access;

import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiredScopes;
import io.pawline.web.RequiresScope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.UriUtils;

/**
 * Finds out who calls, by a proxy's word or by an API key, and whether he may, before anything of the body is read. {@link RequiresScope} names the scope
 * that an operation needs. Without it, {@code GET} needs {@link Scope#READ} and everything else {@link Scope#OPERATE}.
 */
final class AccessInterceptor implements HandlerInterceptor {

    /** This attribute of the request holds the {@link Operator}. */
    static final String CALLER = Operator.class.getName();

    private static final String SCHEME = "Bearer ";

    /** This header of an answer names who asked, so that the console can show it. */
    private static final String NAME_HEADER = "Pawline-Operator";

    private final OperatorAccess operatorAccess;
    private final ProxySignIn signIn;

    AccessInterceptor(OperatorAccess operatorAccess, ProxySignIn signIn) {
        this.operatorAccess = operatorAccess;
        this.signIn = signIn;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        Operator operator = signIn.of(request).orElseGet(() -> byKey(request));
        RequiredScopes.of(needed(request, handler)).check(operator.scopes());
        request.setAttribute(CALLER, operator);
        operator.name()
                .ifPresent(name -> response.setHeader(NAME_HEADER, UriUtils.encode(name, StandardCharsets.UTF_8)));
        return true;
    }

    private Operator byKey(HttpServletRequest request) {
        return switch (operatorAccess.of(keyIn(request))) {
            case OperatorAccess.Verdict.Known known -> known.operator();
            case OperatorAccess.Verdict.Missing _ ->
                throw ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "send your API key in one header, Authorization: Bearer pwk_...",
                        "");
            case OperatorAccess.Verdict.Unknown _ ->
                throw ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "there is no such API key, or it has been revoked or has expired",
                        ", error=\"invalid_token\"");
            case OperatorAccess.Verdict.Foreign _ ->
                throw ProblemException.challenge(
                        CommonProblem.FORBIDDEN,
                        "the key is of a tenant whose keys are not taken here (pawline.ops.tenant)",
                        ", error=\"insufficient_scope\"");
        };
    }

    private static Optional<String> keyIn(HttpServletRequest request) {
        List<String> credentials = Collections.list(request.getHeaders("Authorization"));
        return credentials.size() == 1 && credentials.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(credentials.getFirst().substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private static Scope[] needed(HttpServletRequest request, Object handler) {
        RequiresScope said =
                handler instanceof HandlerMethod method ? method.getMethodAnnotation(RequiresScope.class) : null;
        if (said != null) {
            return said.value();
        }
        return new Scope[] {List.of("GET", "HEAD").contains(request.getMethod()) ? Scope.READ : Scope.OPERATE};
    }
}
