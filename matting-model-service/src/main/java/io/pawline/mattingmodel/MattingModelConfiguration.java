package io.pawline.mattingmodel;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.mattingmodel.cutout.BackgroundRemover;
import io.pawline.mattingmodel.cutout.ModelFile;
import io.pawline.mattingmodel.cutout.SaliencyModel;
import io.pawline.mattingmodel.http.PictureBody;
import io.pawline.mattingmodel.work.Places;
import io.pawline.mattingmodel.work.Workers;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundProperties;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts matting-model-service together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({MattingModelProperties.class, OutboundProperties.class})
class MattingModelConfiguration {

    @Bean
    SaliencyModel model(MattingModelProperties properties) {
        byte[] file = ModelFile.read(Optional.ofNullable(properties.path()));
        try {
            return new SaliencyModel(file, properties.normalisation(), properties.inputSide());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalStateException(
                    "the model at pawline.matting-model.path is of no use: " + wrong.getMessage(), wrong);
        }
    }

    @Bean
    Places places(MattingModelProperties properties, MeterRegistry meters) {
        Places places = new Places(properties.workersHere() + properties.maxWaiting(), (long)
                (properties.memoryShare() * Runtime.getRuntime().maxMemory()));
        Gauge.builder("pawline.matting.model.pictures", places, Places::taken)
                .description("Pictures that are being cut out or wait")
                .register(meters);
        Gauge.builder("pawline.matting.model.memory", places, Places::heldBytes)
                .description("Memory that these pictures hold")
                .baseUnit("bytes")
                .register(meters);
        return places;
    }

    @Bean
    Workers workers(MattingModelProperties properties, SaliencyModel model, MeterRegistry meters) {
        return new Workers(new BackgroundRemover(model), properties.workersHere(), properties.maxPixels(), meters);
    }

    @Bean
    PictureBody pictureBody(MattingModelProperties properties) {
        return new PictureBody(Math.toIntExact(properties.maxSize().toBytes()));
    }

    @Bean
    ImageFetcher imageFetcher(OutboundProperties outbound, OpenTelemetry telemetry) {
        return ImageFetcher.create(outbound, telemetry);
    }
}
