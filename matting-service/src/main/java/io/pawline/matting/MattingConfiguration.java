package io.pawline.matting;

import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageGenerated;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.PaidImages;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.matting.MattingProperties.Fallback;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.visual.PawlineMattingClient;
import io.pawline.outbound.visual.VisualClient;
import io.pawline.schemas.Stage;
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
                Optional.of(properties.stage().provider("volcengine-visual")),
                false,
                properties.chained());
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
        OutboundHttp http = OutboundHttp.create(outbound);
        ImageFetcher pictures = ImageFetcher.create(outbound, telemetry);
        List<MattingProvider> providers = new ArrayList<>();
        providers.add(new VisualProvider(new VisualClient(http, properties.visual(), clock)));
        properties.fallbacksInOrder().forEach(each -> {
            Fallback other = each.getValue();
            providers.add(
                    switch (other.format()) {
                        case VOLCENGINE_VISUAL ->
                            new VisualProvider(new VisualClient(http, properties.visual(other), clock));
                        case PAWLINE_MATTING ->
                            new PawlineMattingProvider(
                                    new PawlineMattingClient(
                                            http, other.url(), other.timeouts(), properties.answerLimit(), clock),
                                    pictures);
                    });
        });
        return new MattingHandler(
                providers,
                new TransparentPictures(pictures),
                images,
                new PaidImages(images, Thread::sleep),
                new PictureLabel(label),
                memory);
    }
}
