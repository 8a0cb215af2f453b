package io.pawline.generate;

import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.generate.ReferencePhotos.Loaded;
import io.pawline.images.ImageKey;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a described pet into a picture, from the description alone or after the photo. */
final class GenerateHandler implements Handler<PetDescribed> {

    private final PromptTemplate words;
    private final PromptTemplate photo;
    private final boolean transparent;
    private final PictureGenerator generator;
    private final Optional<ReferencePhotos> photos;

    /** @param photos photos that go along; empty if none does */
    GenerateHandler(GenerateProperties properties, PictureGenerator generator, Optional<ReferencePhotos> photos) {
        this.words = properties.words();
        this.photo = properties.photo();
        this.transparent = properties.transparent();
        this.generator = Objects.requireNonNull(generator, "generator");
        this.photos = Objects.requireNonNull(photos, "photos");
    }

    @Override
    public Outcome handle(PetDescribed task, Attempt attempt) throws InterruptedException {
        if (photos.isEmpty() || task.getPhoto().isEmpty()) {
            return generate(words, null, task, attempt);
        }
        return switch (load(photos.get(), task.getPhoto().get(), task.getContext(), attempt)) {
            case Loaded.Photo loaded -> {
                try (loaded) {
                    yield generate(photo, loaded.dataUrl(), task, attempt);
                }
            }
            case Loaded.Nothing nothing -> nothing.outcome();
        };
    }

    /** Loads the photo. The look-up of its host counts for the tenant, who named it. */
    private static Loaded load(ReferencePhotos photos, ImageRef photo, TaskContext context, Attempt attempt)
            throws InterruptedException {
        Optional<String> key = photo.getKey();
        if (key.isPresent()) {
            return photos.stored(new ImageKey(key.get()));
        }
        String url = photo.getUrl().orElseThrow(() -> new IllegalArgumentException("the photo has no key and no url"));
        URI address;
        try {
            address = URI.create(url);
        } catch (IllegalArgumentException unreadable) {
            return new Loaded.Nothing(
                    new Outcome.Rejected(Reason.ADDRESS_REFUSED, "the photo's address is not a valid URI"));
        }
        return ScopedValue.where(AddressGuard.TENANT, context.getTenant())
                .<Loaded, InterruptedException>call(() -> photos.remote(address, attempt.deadline()));
    }

    private Outcome generate(PromptTemplate template, @Nullable DataUrl reference, PetDescribed task, Attempt attempt)
            throws InterruptedException {
        TaskContext context = task.getContext();
        String prompt = template.fill(task.getDescription(), context.getStyle());
        return switch (attempt.call(
                () -> generator.generate(prompt, reference, attempt.requestId(), attempt.deadline()))) {
            case Generation.Picture picture -> Outcome.done(Stage.MATTING, event(context, picture.url()));
            case Generation.Failed failed -> Outcome.failed(failed.reason(), failed.detail(), failed.notBefore());
        };
    }

    private ImageGenerated event(TaskContext context, URI url) {
        ImageRef image = ImageRef.newBuilder().setUrl(url.toString()).build();
        return ImageGenerated.newBuilder()
                .setContext(context)
                .setImage(image)
                .setTransparent(transparent)
                .build();
    }
}
