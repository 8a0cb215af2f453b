package io.pawline.ingest;

import io.pawline.images.ImageStoreProperties;
import io.pawline.ingest.access.AccessConfiguration;
import io.pawline.ingest.batch.BatchConfiguration;
import io.pawline.ingest.budget.TenantBudgetConfiguration;
import io.pawline.ingest.callbacks.CallbacksConfiguration;
import io.pawline.ingest.cancel.CancelConfiguration;
import io.pawline.ingest.follow.FollowConfiguration;
import io.pawline.ingest.http.WebServerConfiguration;
import io.pawline.ingest.list.ListConfiguration;
import io.pawline.ingest.pressure.BackpressureConfiguration;
import io.pawline.ingest.progress.ProgressConfiguration;
import io.pawline.ingest.relay.RelayConfiguration;
import io.pawline.ingest.submit.SubmitConfiguration;
import io.pawline.ingest.upload.UploadConfiguration;
import io.pawline.ingest.webhook.WebhookConfiguration;
import io.pawline.ingest.weights.TenantWeightsConfiguration;
import io.pawline.outbound.OutboundProperties;
import io.pawline.photos.PhotoProperties;
import io.pawline.service.BudgetProperties;
import io.pawline.service.FairnessProperties;
import io.pawline.service.InstanceProperties;
import io.pawline.taskstore.DatabaseProperties;
import io.pawline.web.ContractController;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Puts ingest-service together from its features, the stores that they share, and its contract. */
@Configuration(proxyBeanMethods = false)
@Import({
    StorageConfiguration.class,
    WebServerConfiguration.class,
    AccessConfiguration.class,
    TenantBudgetConfiguration.class,
    SubmitConfiguration.class,
    BackpressureConfiguration.class,
    RelayConfiguration.class,
    ProgressConfiguration.class,
    FollowConfiguration.class,
    ListConfiguration.class,
    CancelConfiguration.class,
    BatchConfiguration.class,
    CallbacksConfiguration.class,
    WebhookConfiguration.class,
    UploadConfiguration.class,
    TenantWeightsConfiguration.class
})
@EnableConfigurationProperties({
    IngestProperties.class,
    DatabaseProperties.class,
    ImageStoreProperties.class,
    OutboundProperties.class,
    PhotoProperties.class,
    InstanceProperties.class,
    FairnessProperties.class,
    BudgetProperties.class
})
class IngestConfiguration {

    @Bean
    ContractController contract() {
        return new ContractController("/openapi.yaml");
    }
}
