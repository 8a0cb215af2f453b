package io.pawline.ops.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets requests to the API pass only where it has been said that anybody may make them: the default is nobody. */
public final class AccessInterceptor implements HandlerInterceptor {

    private final boolean open;

    /** @param open whether anybody who reaches the port may look and act */
    public AccessInterceptor(boolean open) {
        this.open = open;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!open) {
            throw new ProblemException(
                    ProblemType.ACCESS_DENIED,
                    "set pawline.ops.open-access=true where whoever reaches the port may act");
        }
        return true;
    }
}
