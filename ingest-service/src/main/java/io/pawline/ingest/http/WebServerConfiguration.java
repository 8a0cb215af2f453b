package io.pawline.ingest.http;

import io.pawline.ingest.IngestProperties;
import org.eclipse.jetty.server.Connector;
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

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> slowClients(IngestProperties settings) {
        return jetty -> jetty.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
                server.addBean(new HeaderDeadline(connector, settings.maxSendTime()));
            }
            server.insertHandler(new BodyDeadline(settings.maxSendTime(), MAX_READ_OF_REFUSED_BYTES));
        });
    }
}
