package io.pawline.detect;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.detect.DetectProperties.Fallback;
import io.pawline.events.TaskAccepted;
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
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts detect-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    DetectProperties.class,
    ArkProperties.class,
    OutboundProperties.class,
    PhotoProperties.class,
    ImageStoreProperties.class
})
class DetectConfiguration {

    @Bean
    StageSpec<TaskAccepted> stage(DetectProperties properties) {
        return new StageSpec<>(
                Stage.DETECT,
                TaskAccepted.class,
                TaskAccepted::getContext,
                properties.stage().policies(),
                Optional.of(properties.stage().provider("ark-vision")),
                false,
                properties.chained());
    }

    /** The store is a bean so that Spring closes it. */
    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    Handler<TaskAccepted> handler(
            DetectProperties properties,
            ArkProperties ark,
            OutboundProperties outbound,
            PhotoProperties photo,
            ImageStore images,
            OpenTelemetry telemetry,
            MemoryBudget memory,
            Clock clock,
            MeterRegistry meters) {
        OutboundHttp http = OutboundHttp.create(outbound);
        RefusedSettings refused = new RefusedSettings(meters, ArkOperation.CHAT.settings());
        List<PetDetector> detectors = new ArrayList<>();
        detectors.add(new PetDetector(new ArkClient(http, ark, clock, refused), properties, clock));
        properties.fallbacksInOrder().forEach(each -> {
            Fallback other = each.getValue();
            ArkClient client = new ArkClient(http, other.ark(ark), clock, refused);
            detectors.add(new PetDetector(client, properties.of(other), clock));
        });
        return new DetectHandler(
                new PhotoLoader(
                        images,
                        ImageFetcher.create(outbound, telemetry),
                        new PhotoNormaliser(photo, TemporaryFolder.create("pawline-photo")),
                        photo.maxSize(),
                        memory.half(),
                        memory.half()),
                detectors);
    }
}
