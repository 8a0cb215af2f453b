package io.pawline.web;

import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT;
import static org.eclipse.jetty.http.UriCompliance.Violation.AMBIGUOUS_PATH_SEGMENT;

import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Makes every service with this module on its class path answer with problems in the same way. */
@AutoConfiguration(before = ErrorMvcAutoConfiguration.class)
class WebAutoConfiguration {

    /** Longest time that a client may take for a body. */
    private static final Duration MAX_SEND_TIME = Duration.ofMinutes(1);

    /**
     * Lets Jetty pass on empty segments and {@code %2e%2e}. Spring takes them literally, finds nothing, and answers so.
     */
    private static final UriCompliance ADDRESSES =
            UriCompliance.DEFAULT.with("PAWLINE", AMBIGUOUS_EMPTY_SEGMENT, AMBIGUOUS_PATH_SEGMENT);

    @Bean
    @ConditionalOnMissingBean
    ProblemAdvice problemAdvice() {
        return new ProblemAdvice();
    }

    @Bean
    ProblemErrorController problemErrorController() {
        return new ProblemErrorController();
    }

    @Bean
    RequestIdFilter requestIdFilter() {
        return new RequestIdFilter();
    }

    @Bean
    BareErrorFilter bareErrorFilter() {
        return new BareErrorFilter();
    }

    @Bean
    MalformedRequestFilter malformedRequestFilter() {
        return new MalformedRequestFilter();
    }

    @Bean
    RequestIdAdvice requestIdAdvice() {
        return new RequestIdAdvice();
    }

    /** After all others, so that who may not do something learns that first. */
    @Bean
    WebMvcConfigurer refusedBeforeItIsDone() {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new AcceptInterceptor()).order(Ordered.LOWEST_PRECEDENCE);
            }
        };
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> requestIds() {
        return jetty -> jetty.addServerCustomizers(server -> server.insertHandler(new RequestIdHandler()));
    }

    /** Bounds how long bodies take, and reads those that nobody wanted, so that their connections can be kept. */
    @Bean
    @ConditionalOnMissingBean
    BodyDeadline bodyDeadline() {
        return new BodyDeadline(MAX_SEND_TIME, UnreadBody.SMALL_BYTES);
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> slowBodies(BodyDeadline bodyDeadline) {
        return jetty -> jetty.addServerCustomizers(server -> server.insertHandler(bodyDeadline));
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> problemsFromJetty() {
        return jetty -> jetty.addServerCustomizers(server -> {
            server.setErrorHandler(new ContainerProblems());
            for (Connector connector : server.getConnectors()) {
                connector
                        .getConnectionFactory(HttpConnectionFactory.class)
                        .getHttpConfiguration()
                        .setUriCompliance(ADDRESSES);
            }
        });
    }
}
