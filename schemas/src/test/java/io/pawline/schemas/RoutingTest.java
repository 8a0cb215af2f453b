package io.pawline.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.events.ImageRef;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.events.TaskContext;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingTest {

    private static final Instant DEADLINE = Instant.ofEpochMilli(1_764_000_000_000L);

    @Test
    void marksOnlyTheRecordsThatMayWait() {
        assertThat(Routing.isBulk(headers(Stage.DETECT, "bulk", null))).isTrue();
        assertThat(Routing.isBulk(headers(Stage.DETECT, "interactive", null))).isFalse();
    }

    @Test
    void namesTheTenantOfEachRecord() {
        Headers headers = headers(Stage.FINALIZE, "interactive", "https://shop.example/a");
        assertThat(Routing.tenant(headers)).isEqualTo("test");
        assertThat(headers).as("nothing else is needed there").hasSize(1);
        assertThat(Routing.tenant(new RecordHeaders())).isEmpty();
    }

    @Test
    void photosOfOneHostHaveOneNameThatDoesNotRevealIt() {
        assertThat(photoHost(Stage.DETECT, "https://photos.example/1?token=1"))
                .isEqualTo(photoHost(Stage.GENERATE, "https://photos.example/2"))
                .isNotEqualTo(photoHost(Stage.DETECT, "https://other.example/1"))
                .matches("[0-9a-f]{16}");
        assertThat(photoHost(Stage.DETECT, null)).isEmpty();
    }

    private static String photoHost(Stage to, @Nullable String url) {
        ImageRef photo = new ImageRef(url == null ? "photos/1" : null, url);
        TaskContext context = context("interactive", null);
        Headers headers = new RecordHeaders();
        Routing.put(
                headers,
                to,
                context,
                to == Stage.DETECT ? new TaskAccepted(context, photo) : new PetDescribed(context, "a cat", photo));
        return Routing.photoHost(headers);
    }

    @Test
    void saysUntilWhenATaskMayWaitInAPaidStage() {
        Headers paid = headers(Stage.MATTING, "interactive", null);
        assertThat(Routing.isOverdue(paid, DEADLINE)).isFalse();
        assertThat(Routing.isOverdue(paid, DEADLINE.plusMillis(1))).isTrue();
        assertThat(Routing.isOverdue(headers(Stage.FINALIZE, "interactive", null), DEADLINE.plusMillis(1)))
                .isFalse();
    }

    @Test
    void aForeignDeadlineIsNone() {
        Headers foreign = new RecordHeaders();
        foreign.add(io.pawline.schemas.RecordHeaders.DEADLINE, "soon".getBytes(UTF_8));
        assertThat(Routing.isOverdue(foreign, DEADLINE)).isFalse();
    }

    @Test
    void callbacksToOneHostAndPortHaveOneReceiverQueue() {
        assertThat(receiver("https://shop.example/a?token=1"))
                .isNotEmpty()
                .isEqualTo(receiver("https://SHOP.example/b"))
                .isNotEqualTo(receiver("https://shop.example:8443/a"))
                .isNotEqualTo(receiver("http://shop.example/a"))
                .isNotEqualTo(receiver("https://other.example/a"));
    }

    @Test
    void theNameOfAReceiverDoesNotRevealItsAddress() {
        assertThat(receiver("https://shop.example/a?token=1")).matches("[0-9a-f]{16}");
    }

    @Test
    void aRecordWithoutAReceiverHasNoReceiverQueue() {
        assertThat(Routing.receiverQueue(headers(Stage.CALLBACK, "interactive", null)))
                .isEmpty();
        assertThat(receiver("no address")).isEmpty();
    }

    private static String receiver(String callback) {
        return Routing.receiverQueue(headers(Stage.CALLBACK, "interactive", callback));
    }

    private static Headers headers(Stage to, String priority, @Nullable String callback) {
        Headers headers = new RecordHeaders();
        Routing.put(headers, to, context(priority, callback));
        return headers;
    }

    private static TaskContext context(String priority, @Nullable String callback) {
        return TaskContext.newBuilder()
                .setTaskId("0198c0de-0000-7000-8000-000000000000")
                .setTenant("test")
                .setStyle("oil")
                .setSubmittedAt(Instant.EPOCH)
                .setDeadline(DEADLINE)
                .setPriority(priority)
                .setCallbackUrl(callback)
                .build();
    }
}
