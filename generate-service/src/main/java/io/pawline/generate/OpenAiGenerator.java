package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.outbound.openai.OpenAiAnswer;
import io.pawline.outbound.openai.OpenAiImagesClient;
import io.pawline.outbound.openai.OpenAiOrder;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a provider that speaks the OpenAI images API for a picture. Thread-safe. */
final class OpenAiGenerator extends PictureGenerator {

    private final OpenAiImagesClient client;

    OpenAiGenerator(OpenAiImagesClient client, GenerateProperties properties, Clock clock) {
        super(properties, clock);
        this.client = Objects.requireNonNull(client, "client");
    }

    @Override
    Made call(String prompt, @Nullable DataUrl photo, String requestId, Timeouts timeouts, BodyMemory memory)
            throws InterruptedException {
        OpenAiOrder order = new OpenAiOrder(
                properties.model(),
                prompt,
                Optional.ofNullable(photo),
                properties.size(),
                properties.transparent(),
                OpenAiModel.givesAddresses(properties.model()));
        return switch (client.make(order, requestId, timeouts, memory)) {
            case OpenAiAnswer.Picture picture ->
                new Made(new Generation.Drawn(picture.bytes(), picture.kind()), picture.facts(), picture.tokens());
            case OpenAiAnswer.PictureAt picture ->
                new Made(new Generation.Picture(picture.address()), picture.facts(), picture.tokens());
            case OpenAiAnswer.Failed failed -> Made.failed(failed.reason(), failed.detail(), failed.facts(), 0);
        };
    }
}
