package io.pawline.generate;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.pawline.events.PetDescribed;
import io.pawline.generate.GenerateProperties.Format;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreProperties;
import io.pawline.images.ImageStores;
import io.pawline.images.PaidImages;
import io.pawline.outbound.ImageFetcher;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.ark.ArkClient;
import io.pawline.outbound.ark.ArkOperation;
import io.pawline.outbound.ark.ArkProperties;
import io.pawline.outbound.openai.OpenAiErrors;
import io.pawline.outbound.openai.OpenAiImagesClient;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

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
                Optional.of(properties.stage().provider(properties.format().provider())),
                false,
                properties.chained());
    }

    @Bean
    Handler<PetDescribed> handler(
            GenerateProperties properties,
            ArkProperties ark,
            OutboundProperties outbound,
            ObjectProvider<PhotoLoader> photos,
            ObjectProvider<PictureArchive> archive,
            Clock clock,
            MeterRegistry meters) {
        OutboundHttp http = OutboundHttp.create(outbound);
        RefusedSettings refused = new RefusedSettings(
                meters,
                Stream.concat(ArkOperation.GENERATION.settings().stream(), OpenAiErrors.settings().stream())
                        .collect(Collectors.toUnmodifiableSet()));
        Stream<GenerateProperties> others =
                properties.fallbacksInOrder().stream().map(each -> properties.of(each.getValue()));
        List<PictureGenerator> generators = Stream.concat(Stream.of(properties), others)
                .map(each -> generator(each, http, each.api(ark), clock, refused))
                .toList();
        return new GenerateHandler(
                properties,
                generators,
                Optional.ofNullable(photos.getIfAvailable()),
                Optional.ofNullable(archive.getIfAvailable()));
    }

    private static PictureGenerator generator(
            GenerateProperties properties, OutboundHttp http, ArkProperties api, Clock clock, RefusedSettings refused) {
        return switch (properties.format()) {
            case ARK -> new SeedreamGenerator(new ArkClient(http, api, clock, refused), properties, clock);
            case OPENAI_IMAGES ->
                new OpenAiGenerator(new OpenAiImagesClient(http, api, clock, refused), properties, clock);
        };
    }

    /** Puts together what is needed where photos or pictures are kept in the image store. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(NeedsImageStore.class)
    @EnableConfigurationProperties(ImageStoreProperties.class)
    static class WithImageStore {

        /** The store is a bean so that Spring closes it. */
        @Bean
        ImageStore imageStore(ImageStoreProperties properties) {
            return ImageStores.open(properties);
        }
    }

    /** Puts together what only pictures need that no provider keeps. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(NeedsImageStore.ForPictures.class)
    static class WithPictures {

        @Bean
        PictureArchive pictureArchive(ImageStore images, MemoryBudget memory) {
            return new PictureArchive(new PaidImages(images, Thread::sleep), memory.half());
        }
    }

    /** Puts together what only pictures after a photo need. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty("pawline.generate.reference-photo")
    @EnableConfigurationProperties(PhotoProperties.class)
    static class WithPhotos {

        @Bean
        PhotoLoader photoLoader(
                ImageStore images,
                OutboundProperties outbound,
                PhotoProperties photo,
                GenerateProperties generate,
                OpenTelemetry telemetry,
                MemoryBudget memory) {
            // A task with a photo takes a share of the answers' memory as well
            MemoryBudget ofPhotos = generate.keepsPictures() ? memory.half() : memory;
            return new PhotoLoader(
                    images,
                    ImageFetcher.create(outbound, telemetry),
                    new PhotoNormaliser(photo, TemporaryFolder.create("pawline-photo")),
                    photo.maxSize(),
                    ofPhotos.half(),
                    ofPhotos.half());
        }
    }

    /** Holds where the settings ask for something that only the image store can do. */
    static class NeedsImageStore implements Condition {

        /** The settings that say so. */
        record Wishes(
                @DefaultValue("false") boolean referencePhoto,
                @DefaultValue("ark") Format format,
                @DefaultValue Map<String, Other> fallbacks) {

            boolean pictures() {
                return format == Format.OPENAI_IMAGES
                        || fallbacks.values().stream().anyMatch(other -> other.format() == Format.OPENAI_IMAGES);
            }
        }

        record Other(@DefaultValue("ark") @Nullable Format format) {}

        private static Wishes of(ConditionContext context) {
            return Binder.get(context.getEnvironment()).bindOrCreate("pawline.generate", Bindable.of(Wishes.class));
        }

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            Wishes wishes = of(context);
            return wishes.referencePhoto() || wishes.pictures();
        }

        /** Holds where a provider may answer with the picture itself. */
        static class ForPictures implements Condition {

            @Override
            public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
                return of(context).pictures();
            }
        }
    }
}
