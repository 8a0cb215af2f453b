package io.pawline.generate;

import io.pawline.outbound.BodyMemory;
import io.pawline.outbound.CallFacts;
import io.pawline.outbound.ark.DataUrl;
import io.pawline.outbound.openai.OpenAiAnswer;
import io.pawline.outbound.openai.OpenAiImagesClient;
import io.pawline.outbound.openai.OpenAiOrder;
import io.pawline.stage.CallWork;
import io.pawline.stage.OutsideCall.Answer;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a provider that speaks the OpenAI images API for a picture. Thread-safe. */
final class OpenAiGenerator implements PictureGenerator {

    private final OpenAiImagesClient client;
    private final GenerateProperties properties;
    private final Clock clock;

    OpenAiGenerator(OpenAiImagesClient client, GenerateProperties properties, Clock clock) {
        this.client = Objects.requireNonNull(client, "client");
        this.properties = Objects.requireNonNull(properties, "properties");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public Answer<Generation> generate(
            String prompt, @Nullable DataUrl photo, String requestId, Instant deadline, BodyMemory memory)
            throws InterruptedException {
        // A picture after a photo takes longer than one from words
        String kind = PictureGenerator.kind(photo);
        OpenAiOrder order = new OpenAiOrder(
                properties.model(),
                prompt,
                Optional.ofNullable(photo),
                properties.size(),
                properties.transparent(),
                OpenAiModel.givesAddresses(properties.model()));
        OpenAiAnswer answer =
                client.make(order, requestId, properties.timeouts().endingBy(deadline, clock.instant()), memory);
        CallFacts facts = answer.facts();
        return switch (answer) {
            case OpenAiAnswer.Picture picture ->
                new Answer<>(
                        new Generation.Drawn(picture.bytes(), picture.kind()),
                        facts.report(Optional.empty()),
                        new CallWork(kind, picture.tokens()));
            case OpenAiAnswer.PictureAt picture ->
                new Answer<>(
                        new Generation.Picture(picture.address()),
                        facts.report(Optional.empty()),
                        new CallWork(kind, picture.tokens()));
            case OpenAiAnswer.Failed failed ->
                new Answer<>(
                        new Generation.Failed(failed.reason(), failed.detail(), facts.notBefore()),
                        facts.report(Optional.of(failed.reason())),
                        CallWork.of(kind));
        };
    }
}
