package io.pawline.ingest.weights;

import io.pawline.controls.ControlStateReader;
import io.pawline.service.FairnessProperties;
import java.time.Clock;
import org.apache.kafka.common.serialization.Deserializer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Has the live controls read for the weights of tenants. Until they are read, the weights are those of the settings. */
@Configuration(proxyBeanMethods = false)
public class TenantWeightsConfiguration {

    @Bean(initMethod = "start")
    ControlStateReader controlStateReader(KafkaProperties kafka, Deserializer<?> eventDeserializer, Clock clock) {
        return new ControlStateReader(kafka.buildAdminProperties(), eventDeserializer, clock);
    }

    @Bean
    TenantWeights tenantWeights(ControlStateReader controls, FairnessProperties fairness) {
        return new TenantWeights(controls::weight, fairness::weight);
    }
}
