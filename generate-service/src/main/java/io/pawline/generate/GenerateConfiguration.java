package io.pawline.generate;

import io.micrometer.core.instrument.MeterRegistry;
import io.pawline.events.PetDescribed;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.schemas.Stage;
import io.pawline.service.RefusedSettings;
import io.pawline.stage.Handler;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts generate-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({GenerateProperties.class, ArkProperties.class, OutboundProperties.class})
class GenerateConfiguration {

    @Bean
    StageSpec<PetDescribed> stage(GenerateProperties properties) {
        return new StageSpec<>(
                Stage.GENERATE,
                PetDescribed.class,
                PetDescribed::getContext,
                properties.stage().policies(),
                Optional.of(properties.stage().provider("seedream")));
    }

    @Bean
    Handler<PetDescribed> handler(
            GenerateProperties properties,
            ArkProperties ark,
            OutboundProperties outbound,
            Clock clock,
            MeterRegistry meters) {
        ArkClient client = new ArkClient(
                OutboundHttp.create(outbound),
                ark,
                clock,
                new RefusedSettings(meters, ArkOperation.GENERATION.settings()));
        return new GenerateHandler(
                new PromptTemplate(properties.promptTemplate()), new PictureGenerator(client, properties, clock));
    }
}
