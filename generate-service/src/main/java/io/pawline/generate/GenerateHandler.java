package io.pawline.generate;

import io.pawline.events.ImageGenerated;
import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskContext;
import io.pawline.schemas.Stage;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.util.Objects;

/** Turns a described pet into a picture. */
final class GenerateHandler implements Handler<PetDescribed> {

    private final PromptTemplate template;
    private final PictureGenerator generator;

    GenerateHandler(PromptTemplate template, PictureGenerator generator) {
        this.template = Objects.requireNonNull(template, "template");
        this.generator = Objects.requireNonNull(generator, "generator");
    }

    @Override
    public Outcome handle(PetDescribed task, Attempt attempt) throws InterruptedException {
        TaskContext context = task.getContext();
        String prompt = template.fill(task.getDescription(), context.getStyle());
        return switch (attempt.call(() -> generator.generate(prompt, attempt.requestId(), attempt.deadline()))) {
            case Generation.Picture picture -> Outcome.done(Stage.MATTING, event(context, picture.url()));
            case Generation.Failed failed -> Outcome.failed(failed.reason(), failed.detail(), failed.notBefore());
        };
    }

    private static ImageGenerated event(TaskContext context, URI url) {
        ImageRef image = ImageRef.newBuilder().setUrl(url.toString()).build();
        return ImageGenerated.newBuilder().setContext(context).setImage(image).build();
    }
}
