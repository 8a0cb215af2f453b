package io.pawline.generate;

import io.pawline.generate.GenerateProperties.Format;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Holds where the settings ask for something that only the image store can do. */
class NeedsImageStore implements Condition {

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
