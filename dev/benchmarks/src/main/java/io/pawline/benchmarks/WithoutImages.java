package io.pawline.benchmarks;

import io.pawline.events.Ending;
import io.pawline.events.ImageCutOut;
import io.pawline.events.StoredPicture;
import io.pawline.events.TaskFinished;
import io.pawline.events.TaskResult;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.schemas.Stage;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import java.net.URI;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/**
 * Leaves the image work out of the pipeline. matting-service gets the cut-out from its provider as in production, but
 * stores nothing. finalize-service does not read, decode, reduce and store it, but passes on a result that is the same
 * for every task. All hops, transactions, calls and rows are as in production. The services have no setting for this:
 * the benchmark puts other beans before theirs.
 */
final class WithoutImages {

    private WithoutImages() {}

    /** Changes a service that does image work, known by its name, before it starts. */
    static void adapt(String name, SpringApplication service) {
        switch (name) {
            case "matting-service" -> service.addPrimarySources(List.of(StoringNothing.class));
            case "finalize-service" -> service.addPrimarySources(List.of(SameResult.class));
            default -> {}
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class StoringNothing {

        @Bean
        @Primary
        ImageStore nothingStored() {
            return new ImageStore() {

                @Override
                public void put(ImageKey key, byte[] bytes, String contentType) {}

                @Override
                public Optional<byte[]> get(ImageKey key) {
                    return Optional.empty();
                }

                @Override
                public Optional<Long> size(ImageKey key) {
                    return Optional.empty();
                }

                @Override
                public URI urlOf(ImageKey key) {
                    throw new IllegalStateException("nothing is stored");
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SameResult {

        private static final TaskResult RESULT = new TaskResult(
                new StoredPicture("bench/result.png", 512, 512),
                List.of(new StoredPicture("bench/thumbnail-256.png", 256, 256)));

        @Bean
        @Primary
        Handler<ImageCutOut> sameResult(Clock clock) {
            return (task, _) -> Outcome.done(
                    Stage.CALLBACK,
                    new TaskFinished(
                            task.getContext(),
                            Ending.SUCCESS,
                            clock.instant().truncatedTo(ChronoUnit.MILLIS),
                            null,
                            null,
                            null,
                            RESULT));
        }
    }
}
