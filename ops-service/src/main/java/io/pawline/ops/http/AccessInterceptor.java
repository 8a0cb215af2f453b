package io.pawline.ops.http;

import io.pawline.ops.access.Access;
import io.pawline.ops.access.Caller;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Finds out who calls, before anything of the body is read, and whether he may; see {@link Needs}. */
public final class AccessInterceptor implements HandlerInterceptor {

    /** The request's attribute that holds the {@link Caller}. */
    static final String CALLER = Caller.class.getName();

    private static final String SCHEME = "Bearer ";

    private final Access access;

    public AccessInterceptor(Access access) {
        this.access = access;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        Caller caller = switch (access.of(keyIn(request))) {
            case Access.Verdict.Known known -> known.caller();
            case Access.Verdict.Missing _ ->
                throw ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "send your API key in one header, Authorization: Bearer pwk_...",
                        "");
            case Access.Verdict.Unknown _ ->
                throw ProblemException.challenge(
                        CommonProblem.UNAUTHORIZED,
                        "there is no such API key, or it has been revoked or has expired",
                        ", error=\"invalid_token\"");
            case Access.Verdict.Foreign _ ->
                throw ProblemException.challenge(
                        CommonProblem.FORBIDDEN,
                        "the key is of a tenant whose keys are not taken here (pawline.ops.tenant)",
                        ", error=\"insufficient_scope\"");
        };
        Scope needed = needed(request, handler);
        if (!caller.scopes().contains(needed)) {
            throw ProblemException.challenge(
                    CommonProblem.FORBIDDEN,
                    "this needs the scope %s, which the key does not have".formatted(needed.code()),
                    ", error=\"insufficient_scope\", scope=\"%s\"".formatted(needed.code()));
        }
        request.setAttribute(CALLER, caller);
        return true;
    }

    private static Optional<String> keyIn(HttpServletRequest request) {
        List<String> credentials = Collections.list(request.getHeaders("Authorization"));
        return credentials.size() == 1 && credentials.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(credentials.getFirst().substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private static Scope needed(HttpServletRequest request, Object handler) {
        Needs said = handler instanceof HandlerMethod method ? method.getMethodAnnotation(Needs.class) : null;
        if (said != null) {
            return said.value();
        }
        return List.of("GET", "HEAD").contains(request.getMethod()) ? Scope.READ : Scope.OPERATE;
    }
}
