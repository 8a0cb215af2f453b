package io.pawline.generate;

import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.PhotoLoader.Loaded;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation;
import io.pawline.stage.PreparingHandler;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a described pet into a picture, from the description alone or after the photo. The photo is loaded before the
 * task waits for a call.
 */
final class GenerateHandler implements PreparingHandler<PetDescribed> {

    private final PromptTemplate words;
    private final PromptTemplate photo;
    private final boolean transparent;
    private final List<PictureGenerator> generators;
    private final Optional<PhotoLoader> photos;

    /**
     * @param generators in the order of the stage's providers
     * @param photos photos that go along; empty if none does
     */
    GenerateHandler(GenerateProperties properties, List<PictureGenerator> generators, Optional<PhotoLoader> photos) {
        this.words = properties.words();
        this.photo = properties.photo();
        this.transparent = properties.transparent();
        this.generators = List.copyOf(generators);
        this.photos = Objects.requireNonNull(photos, "photos");
    }

    @Override
    public boolean prepares() {
        return photos.isPresent();
    }

    @Override
    public Preparation prepare(PetDescribed task, Attempt attempt) throws InterruptedException {
        if (photos.isEmpty() || task.getPhoto().isEmpty()) {
            return new Reference(task, null);
        }
        TaskContext context = task.getContext();
        return switch (photos.get().load(task.getPhoto().get(), context.getTenant(), attempt.deadline())) {
            case Loaded.Present present -> new Reference(task, present.photo());
            case Loaded.Absent absent -> new Preparation.Ended(absent.outcome());
        };
    }

    /** Holds a task and the photo that goes along, if one does, until the call. */
    private final class Reference implements Preparation.Prepared {

        private final PetDescribed task;
        private final @Nullable LoadedPhoto loaded;

        Reference(PetDescribed task, @Nullable LoadedPhoto loaded) {
            this.task = task;
            this.loaded = loaded;
        }

        @Override
        public Outcome handle(Attempt attempt) throws InterruptedException {
            return loaded == null
                    ? generate(words, null, task, attempt)
                    : generate(photo, loaded.dataUrl(), task, attempt);
        }

        @Override
        public void close() {
            if (loaded != null) {
                loaded.close();
            }
        }
    }

    private Outcome generate(PromptTemplate template, @Nullable DataUrl reference, PetDescribed task, Attempt attempt)
            throws InterruptedException {
        TaskContext context = task.getContext();
        String prompt = template.fill(task.getDescription(), context.getStyle());
        return switch (attempt.hedged(
                PictureGenerator.kind(reference),
                (place, requestId) ->
                        generators.get(place).generate(prompt, reference, requestId, attempt.deadline()))) {
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
