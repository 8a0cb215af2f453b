package io.pawline.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Has every service with this module on its class path tell of problems in the same way. */
@AutoConfiguration(before = ErrorMvcAutoConfiguration.class)
class WebAutoConfiguration {

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
    WebServerFactoryCustomizer<JettyServletWebServerFactory> problemsFromJetty() {
        return jetty -> jetty.addServerCustomizers(server -> server.setErrorHandler(new ContainerProblems()));
    }
}
