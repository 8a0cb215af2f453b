package io.pawline.finalizing;

import io.pawline.events.ImageCutOut;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({FinalizeProperties.class, ImageStoreProperties.class, OutboundProperties.class})
class FinalizeConfiguration {

    @Bean
    StageSpec<ImageCutOut> stageSpec(FinalizeProperties properties) {
        return new StageSpec<>(
                Stage.FINALIZE,
                ImageCutOut.class,
                ImageCutOut::getContext,
                properties.stage().policies());
    }

    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    Handler<ImageCutOut> handler(
            FinalizeProperties properties, OutboundProperties outbound, ImageStore images, Clock clock) {
        CutOutSource source = new CutOutSource(images, ImageFetcher.create(outbound));
        return new FinalizeHandler(source, properties.finisher(), images, clock);
    }
}
