package io.pawline.ingest.http;

import io.pawline.ingest.access.Caller;
import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives controllers their caller, whom {@link KeyFilter} has found out, if he may do what they do. */
@Component
final class CallerResolver implements HandlerMethodArgumentResolver, WebMvcConfigurer {

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(Needs.class);
    }

    @Override
    public Caller resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binder) {
        if (!(request.getAttribute(KeyFilter.CALLER, RequestAttributes.SCOPE_REQUEST) instanceof Caller caller)) {
            throw KeyFilter.missing();
        }
        List<Scope> needed = List.of(Objects.requireNonNull(parameter.getParameterAnnotation(Needs.class))
                .value());
        if (Collections.disjoint(caller.scopes(), needed)) {
            throw ProblemException.challenge(
                    CommonProblem.FORBIDDEN,
                    "this needs the scope %s, which the key does not have"
                            .formatted(needed.stream().map(Scope::code).collect(Collectors.joining(" or "))),
                    // There, several would mean all of them
                    ", error=\"insufficient_scope\", scope=\"%s\""
                            .formatted(needed.getFirst().code()));
        }
        return caller;
    }
}
