package io.pawline.ingest.webhook;

import io.github.bucket4j.TimeMeter;
import io.pawline.ingest.access.TaskTokens;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.outbound.webhook.WebhookProperties;
import io.pawline.outbound.webhook.WebhookSecrets;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.WebhookSecretDao;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the webhook secrets of tenants, and test deliveries. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookProperties.class)
public class WebhookConfiguration {

    @Bean
    WebhookSecrets webhookSecrets(WebhookProperties settings) {
        return settings.signingSecrets();
    }

    @Bean
    WebhookSecretDao webhookSecretDao(TaskDatabase database) {
        return new WebhookSecretDao(database);
    }

    @Bean
    TenantWebhookSecret tenantWebhookSecret(WebhookSecrets secrets, WebhookSecretDao versions, Clock clock) {
        return new TenantWebhookSecret(secrets, versions, clock);
    }

    @Bean
    TestDeliveryLimit testDeliveryLimit() {
        return new TestDeliveryLimit(TimeMeter.SYSTEM_NANOTIME);
    }

    @Bean
    TestDelivery testDelivery(
            WebhookSecrets secrets,
            WebhookSecretDao versions,
            OutboundProperties outbound,
            WebhookProperties settings,
            TestDeliveryLimit limit,
            Clock clock) {
        WebhookClient webhooks = new WebhookClient(OutboundHttp.guarded(outbound), settings, clock);
        return new TestDelivery(secrets, versions, webhooks, limit, clock);
    }

    /** The tokens for single tasks, signed by secrets that are derived from the same master secrets. */
    @Bean
    TaskTokens taskTokens(WebhookSecrets secrets, Clock clock) {
        return new TaskTokens(secrets.derivedFor("#task-token"), clock);
    }
}
