package io.pawline.matting;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageGenerated;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts matting-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    MattingProperties.class,
    ImageStoreProperties.class,
    LabelProperties.class,
    OutboundProperties.class
})
class MattingConfiguration {

    @Bean
    StageSpec<ImageGenerated> stageSpec(MattingProperties properties) {
        return new StageSpec<>(
                Stage.MATTING,
                ImageGenerated.class,
                ImageGenerated::getContext,
                properties.stage().policies(),
                Optional.of(properties.stage().provider("volcengine-visual")));
    }

    /** The store is a bean so that Spring closes it. */
    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    Handler<ImageGenerated> handler(
            MattingProperties properties,
            OutboundProperties outbound,
            LabelProperties label,
            ImageStore images,
            OpenTelemetry telemetry,
            MemoryBudget memory,
            Clock clock) {
        VisualClient visual = new VisualClient(OutboundHttp.create(outbound), properties.visual(), clock);
        return new MattingHandler(
                visual,
                new TransparentPictures(ImageFetcher.create(outbound, telemetry)),
                images,
                new CutOutArchive(images, Thread::sleep),
                new PictureLabel(label),
                memory);
    }
}
