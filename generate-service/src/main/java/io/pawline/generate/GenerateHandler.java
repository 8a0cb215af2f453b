package io.pawline.generate;

import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.photoloader.LoadedPhoto;
import io.pawline.photoloader.PhotoLoader;
import io.pawline.photoloader.PhotoLoader.Loaded;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.MemoryBudget;
import io.pawline.stage.Outcome;
import io.pawline.stage.Preparation;
import io.pawline.stage.PreparingHandler;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a described pet into a picture, from the description alone or after the photo. The photo is loaded before the
 * task waits for a call.
 */
final class GenerateHandler implements PreparingHandler<PetDescribed> {

    private static final Logger log = LoggerFactory.getLogger(GenerateHandler.class);

    private final PromptTemplate words;
    private final PromptTemplate photo;
    private final boolean transparent;
    private final List<PictureGenerator> generators;
    private final Optional<PhotoLoader> photos;
    private final Optional<PictureArchive> archive;

    /**
     * @param generators in the order of the stage's providers
     * @param photos photos that go along; empty if none does
     * @param archive of pictures that providers do not keep; empty if all keep them
     */
    GenerateHandler(
            GenerateProperties properties,
            List<PictureGenerator> generators,
            Optional<PhotoLoader> photos,
            Optional<PictureArchive> archive) {
        this.words = properties.words();
        this.photo = properties.photo();
        this.transparent = properties.transparent();
        this.generators = List.copyOf(generators);
        this.photos = Objects.requireNonNull(photos, "photos");
        this.archive = Objects.requireNonNull(archive, "archive");
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
        String prompt = template.fill(task.getDescription(), task.getContext().getStyle());
        if (archive.isEmpty()) {
            return outcome(call(prompt, reference, attempt, BodyMemory.UNCOUNTED), task, attempt);
        }
        try (MemoryBudget.Share share = archive.get().share()) {
            BodyMemory memory = new BodyMemory(share::takeNow, share::take);
            return outcome(call(prompt, reference, attempt, memory), task, attempt);
        } catch (ImageStoreException e) {
            // Without the stack, which would be the same for every task
            log.warn("{}: {}", e.getMessage(), String.valueOf(e.getCause()));
            return new Outcome.Retry(Reason.STORAGE_UNAVAILABLE, Reason.STORAGE_UNAVAILABLE.description());
        }
    }

    private Generation call(String prompt, @Nullable DataUrl reference, Attempt attempt, BodyMemory memory)
            throws InterruptedException {
        if (archive.isPresent()) {
            // An answer may be a picture, and a task holds memory for one
            return attempt.call(place -> generators
                    .get(place)
                    .generate(prompt, reference, attempt.requestId(place), attempt.deadline(), memory));
        }
        return attempt.hedged(
                PictureGenerator.kind(reference),
                (place, requestId) ->
                        generators.get(place).generate(prompt, reference, requestId, attempt.deadline(), memory));
    }

    private Outcome outcome(Generation generation, PetDescribed task, Attempt attempt) throws InterruptedException {
        TaskContext context = task.getContext();
        return switch (generation) {
            case Generation.Picture picture ->
                done(
                        context,
                        ImageRef.newBuilder().setUrl(picture.url().toString()).build());
            case Generation.Drawn picture -> {
                PictureArchive archiveOfPictures =
                        archive.orElseThrow(() -> new IllegalStateException("there is no store for the picture"));
                ImageKey key = archiveOfPictures.keep(attempt.taskId(), context.getGeneration(), picture);
                yield done(context, ImageRef.newBuilder().setKey(key.value()).build());
            }
            case Generation.Failed failed -> Outcome.failed(failed.reason(), failed.detail(), failed.notBefore());
        };
    }

    private Outcome done(TaskContext context, ImageRef image) {
        return Outcome.done(
                Stage.MATTING,
                ImageGenerated.newBuilder()
                        .setContext(context)
                        .setImage(image)
                        .setTransparent(transparent)
                        .build());
    }
}
