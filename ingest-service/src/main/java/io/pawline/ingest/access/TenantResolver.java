package io.pawline.ingest.access;

import io.pawline.taskstore.Scope;
import io.pawline.web.CommonProblem;
import io.pawline.web.ProblemException;
import io.pawline.web.RequiresScope;
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
final class TenantResolver implements HandlerMethodArgumentResolver, WebMvcConfigurer {

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(RequiresScope.class);
    }

    @Override
    public Tenant resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binder) {
        if (!(request.getAttribute(KeyFilter.CALLER, RequestAttributes.SCOPE_REQUEST) instanceof Tenant tenant)) {
            throw KeyFilter.missing();
        }
        List<Scope> needed = List.of(Objects.requireNonNull(parameter.getParameterAnnotation(RequiresScope.class))
                .value());
        if (Collections.disjoint(tenant.scopes(), needed)) {
            throw ProblemException.challenge(
                    CommonProblem.FORBIDDEN,
                    "this needs the scope %s, which the key does not have"
                            .formatted(needed.stream().map(Scope::code).collect(Collectors.joining(" or "))),
                    // There, several would mean all of them
                    ", error=\"insufficient_scope\", scope=\"%s\""
                            .formatted(needed.getFirst().code()));
        }
        return tenant;
    }
}
