package io.pawline.web;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Puts the id of the request into every problem, and says when the connection ends with it. */
@RestControllerAdvice
final class RequestIdAdvice implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(MethodParameter method, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter method,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof ProblemDetail problem && request instanceof ServletServerHttpRequest servlet) {
            String id = RequestId.noted(servlet.getServletRequest().getAttribute(RequestId.ATTRIBUTE));
            if (id != null) {
                problem.setProperty(RequestId.FIELD, id);
            }
            if (UnreadBody.isLarge(servlet.getServletRequest())) {
                response.getHeaders().set(HttpHeaders.CONNECTION, UnreadBody.CLOSE);
            }
        }
        return body;
    }
}
