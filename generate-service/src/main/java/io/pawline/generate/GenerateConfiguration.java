package io.pawline.generate;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.PetDescribed;
import io.pawline.generate.GenerateProperties.Fallback;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photos.PhotoNormaliser;
import io.pawline.photos.PhotoProperties;
import io.pawline.schemas.Stage;
import io.pawline.service.RefusedSettings;
import io.pawline.service.TemporaryFolder;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
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
                Optional.of(properties.stage().provider("seedream")),
                false,
                properties.chained());
    }

    @Bean
    Handler<PetDescribed> handler(
            GenerateProperties properties,
            ArkProperties ark,
            OutboundProperties outbound,
            ObjectProvider<PhotoLoader> photos,
            Clock clock,
            MeterRegistry meters) {
        OutboundHttp http = OutboundHttp.create(outbound);
        RefusedSettings refused = new RefusedSettings(meters, ArkOperation.GENERATION.settings());
        List<PictureGenerator> generators = new ArrayList<>();
        generators.add(new PictureGenerator(new ArkClient(http, ark, clock, refused), properties, clock));
        properties.fallbacksInOrder().forEach(each -> {
            Fallback other = each.getValue();
            ArkClient client = new ArkClient(http, other.ark(ark), clock, refused);
            generators.add(new PictureGenerator(client, properties.of(other), clock));
        });
        return new GenerateHandler(properties, generators, Optional.ofNullable(photos.getIfAvailable()));
    }

    /** Puts together what only pictures after a photo need. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("pawline.generate.reference-photo")
    @EnableConfigurationProperties({ImageStoreProperties.class, PhotoProperties.class})
    static class WithPhotos {

        /** The store is a bean so that Spring closes it. */
        @Bean
        ImageStore imageStore(ImageStoreProperties properties) {
            return ImageStores.open(properties);
        }

        @Bean
        PhotoLoader photoLoader(
                ImageStore images,
                OutboundProperties outbound,
                PhotoProperties photo,
                OpenTelemetry telemetry,
                MemoryBudget memory) {
            return new PhotoLoader(
                    images,
                    ImageFetcher.create(outbound, telemetry),
                    new PhotoNormaliser(photo, TemporaryFolder.create("pawline-photo")),
                    photo.maxSize(),
                    memory.half(),
                    memory.half());
        }
    }
}
