package io.pawline.finalize;

import io.airlift.compress.v3.deflate.DeflateNativeCompressor;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.ImageCutOut;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.label.LabelProperties;
import io.pawline.images.label.PictureLabel;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundProperties;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.StageSpec;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts finalize-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    FinalizeProperties.class,
    ImageStoreProperties.class,
    LabelProperties.class,
    OutboundProperties.class
})
class FinalizeConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(FinalizeConfiguration.class);

    @Bean
    StageSpec<ImageCutOut> stageSpec(FinalizeProperties properties) {
        return new StageSpec<>(
                Stage.FINALIZE,
                ImageCutOut.class,
                ImageCutOut::getContext,
                properties.stage().policies(),
                Optional.empty());
    }

    /** The store is a bean so that Spring closes it. */
    @Bean
    ImageStore imageStore(ImageStoreProperties properties) {
        return ImageStores.open(properties);
    }

    @Bean
    Handler<ImageCutOut> handler(
            FinalizeProperties properties,
            OutboundProperties outbound,
            LabelProperties label,
            ImageStore images,
            OpenTelemetry telemetry,
            MemoryBudget memory,
            Clock clock) {
        LOG.info("PNG is packed by {}", DeflateNativeCompressor.isEnabled() ? "libdeflate" : "the JDK's zlib");
        // A task holds its file while it waits for the memory of its pixels, so these are two budgets
        CutOutSource source = new CutOutSource(images, ImageFetcher.create(outbound, telemetry), memory.half());
        Optional<WebpConverter> webp = properties.webp();
        webp.ifPresent(WebpConverter::requireProgram);
        return new FinalizeHandler(
                source, properties.finisher(memory.half()), webp, images, new PictureLabel(label), clock);
    }
}
