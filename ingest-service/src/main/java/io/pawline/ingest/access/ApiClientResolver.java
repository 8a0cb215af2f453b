package io.pawline.ingest.access;

import io.pawline.web.RequiredScopes;
import io.pawline.web.RequiresScope;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives controllers the client that {@link KeyFilter} has found, if it has the scope that they require. */
@Component
final class ApiClientResolver implements HandlerMethodArgumentResolver, WebMvcConfigurer {

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(RequiresScope.class);
    }

    @Override
    public ApiClient resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binder) {
        if (!(request.getAttribute(KeyFilter.CLIENT, RequestAttributes.SCOPE_REQUEST) instanceof ApiClient client)) {
            throw KeyFilter.missing();
        }
        RequiredScopes.of(Objects.requireNonNull(parameter.getParameterAnnotation(RequiresScope.class))
                        .value())
                .check(client.scopes());
        return client;
    }
}
