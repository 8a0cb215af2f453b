package io.pawline.stage.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.PetDescribed;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.stage.OutsideCall;
import io.pawline.testkit.ProjectFiles;
import io.pawline.testkit.TestingEvents;
import io.pawline.testkit.TestingKafka;
import io.pawline.testkit.TestingRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;

class CaptionApplicationIT {

    @BeforeEach
    void freshTopics() throws InterruptedException {
        TestingKafka.freshTopics(1);
    }

    @Test
    void theStageOfTheDocumentationWorks() {
        TestingKafka.send(TestingRecords.tasks(3, "oil"));
        var application = CaptionApplication.application();
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(CaptionClient.class, CaptionApplicationIT::answersOnTheSecondTry));

        try (var _ = application.run(
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + TestingKafka.connection().get("bootstrap.servers"),
                "--spring.kafka.producer.value-serializer=" + TestingEvents.Writer.class.getName(),
                "--spring.kafka.consumer.value-deserializer=" + TestingEvents.Reader.class.getName(),
                "--pawline.caption.stage.first-delay=50ms")) {
            assertThat(TestingRecords.awaitRecords("pawline.generate", 3)).allSatisfy(record -> {
                PetDescribed event =
                        TestingEvents.deserializer(PetDescribed.class).deserialize("pawline.generate", record.value());
                assertThat(event.getDescription()).isEqualTo("a cat on a mat");
            });
        }
        assertThat(TestingRecords.ledger()).hasSize(2 * 2 * 3);
    }

    @Test
    void theDocumentationShowsIt() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/pawline/stage/example/CaptionApplication.java"));
        String shown = source.substring(source.indexOf("@SpringBootApplication\n"));

        assertThat(Files.readString(ProjectFiles.document("contributor/writing-a-stage.md")))
                .contains("```java\n" + shown + "```");
    }

    private static CaptionClient answersOnTheSecondTry() {
        return (photo, requestId, deadline) -> requestId.endsWith("-1")
                ? new OutsideCall.Answer<>(
                        new Caption.Missing(Reason.OVERLOADED, "The service answered 429."),
                        CallReport.refused(Reason.OVERLOADED, 429))
                : new OutsideCall.Answer<>(
                        new Caption.Text("a cat on a mat"), CallReport.succeeded(200, Optional.of("request")));
    }
}
