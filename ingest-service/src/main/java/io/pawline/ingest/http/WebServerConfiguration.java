package io.pawline.ingest.http;

import io.pawline.ingest.IngestProperties;
import io.pawline.web.BodyDeadline;
import java.time.Duration;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Prepares Jetty for many clients that come at once, and for clients that are slow. */
@Configuration(proxyBeanMethods = false)
public class WebServerConfiguration {

    /** Bytes that are still read of a body that was refused, so that the client gets to see the answer. */
    private static final long MAX_READ_OF_REFUSED_BYTES = 32 * 1024 * 1024;
    /** Longest pause of a client between two bytes of its request. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Connections that wait to be accepted. Linux allows 4096 at most. */
    private static final int ACCEPT_QUEUE = 4096;

    /** Lengthens the queue of new connections. Java's default is 50; of more in one moment, the system resets some. */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> clientsAllAtOnce() {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                if (connector instanceof ServerConnector port) {
                    port.setAcceptQueueSize(ACCEPT_QUEUE);
                }
            }
        });
    }

    /**
     * Keeps Jetty from reading forms by itself. It would do so as soon as something looks for a parameter, which is before
     * anybody knows whether the form may come. No address takes such a form.
     */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> noFormsAsParameters() {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                connector
                        .getConnectionFactory(HttpConnectionFactory.class)
                        .getHttpConfiguration()
                        .setFormEncodedMethods();
            }
        });
    }

    /** Keeps idle connections for long, but a client that pauses amid its request for a short time only. */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> idleConnections(IngestProperties settings) {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                if (connector instanceof ServerConnector port) {
                    port.setIdleTimeout(settings.keepAlive().toMillis());
                    port.getConnectionFactory(HttpConnectionFactory.class)
                            .getHttpConfiguration()
                            .setIdleTimeout(LONGEST_PAUSE.toMillis());
                }
            }
        });
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> slowClients(IngestProperties settings) {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                server.addBean(new HeaderDeadline(connector, settings.maxSendTime()));
            }
        });
    }

    @Bean
    BodyDeadline bodyDeadline(IngestProperties settings) {
        return new BodyDeadline(settings.maxSendTime(), MAX_READ_OF_REFUSED_BYTES);
    }
}
