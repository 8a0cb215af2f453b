package io.pawline.ops.access;

import io.pawline.taskstore.ApiKeys;
import io.pawline.taskstore.KeyRing;
import io.pawline.taskstore.TaskDatabase;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the access check before every operation of the API but the contract. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({OperatorAccessProperties.class, SignInProperties.class})
class OperatorAccessConfiguration {

    @Bean
    WebMvcConfigurer access(
            TaskDatabase database, OperatorAccessProperties properties, SignInProperties signIn, Clock clock) {
        OperatorAccess operatorAccess = properties.openAccess()
                ? OperatorAccess.open()
                : OperatorAccess.byKeys(new KeyRing(new ApiKeys(database), clock), properties.tenant());
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new AccessInterceptor(operatorAccess, new ProxySignIn(signIn)))
                        .addPathPatterns("/v1/**")
                        .excludePathPatterns("/v1/openapi.json", "/v1/openapi.yaml");
            }

            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new OperatorResolver());
            }
        };
    }
}
