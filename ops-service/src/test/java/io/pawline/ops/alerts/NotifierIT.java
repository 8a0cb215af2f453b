package io.pawline.ops.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.TestingDatabase;
import io.pawline.ops.alerts.Alert.Severity;
import io.pawline.ops.alerts.AlertJournal.Measured;
import io.pawline.ops.alerts.AlertJournal.Notified;
import io.pawline.ops.alerts.AlertJournal.State;
import io.pawline.ops.alerts.NotificationProperties.Format;
import io.pawline.ops.alerts.NotificationProperties.Receiver;
import io.pawline.outbound.OutboundProperties;
import io.pawline.taskstore.TaskDatabase;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotifierIT {

    private static final TaskDatabase DATABASE = TestingDatabase.open();

    private final MockWebServer team = new MockWebServer();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    @BeforeEach
    void start() throws IOException {
        DATABASE.with(handle -> handle.execute("truncate alert, alert_history, alert_notification"));
        team.start();
    }

    @AfterEach
    void stop() {
        team.close();
    }

    @Test
    void anAlertIsNotifiedWhenItFiresAndWhenItEnds() throws InterruptedException {
        taken();
        taken();
        Notifier notifier = notifier("127.0.0.1");

        measure(State.FIRES);
        assertThat(notifier.sendAll()).isEqualTo(1);
        measure(State.FIRES);
        measure(State.OK);
        assertThat(notifier.sendAll()).isZero();
        now = now.plus(AlertJournal.QUIET);
        measure(State.OK);
        assertThat(notifier.sendAll()).isEqualTo(1);

        assertThat(text(team.takeRequest())).startsWith("{\"text\":\"[Pawline] A provider fails: fires");
        assertThat(text(team.takeRequest())).startsWith("{\"text\":\"[Pawline] A provider fails: ended");
        assertThat(states()).containsExactly("fired sent 1", "ended sent 1");
    }

    @Test
    void severalProcessesSendEachNotificationOnce() throws Exception {
        int alerts = Alert.values().length;
        for (int i = 0; i < alerts; i++) {
            taken();
        }
        for (Alert alert : Alert.values()) {
            journal().note(now, List.of(new Measured(alert, State.FIRES, 6, 5.0, "min", "detail")));
        }

        try (ExecutorService processes = Executors.newFixedThreadPool(4)) {
            int sent = 0;
            for (var process : processes.invokeAll(IntStream.range(0, 4)
                    .<Callable<Integer>>mapToObj(
                            _ -> () -> notifier("127.0.0.1").sendAll())
                    .toList())) {
                sent += process.get();
            }
            assertThat(sent).isEqualTo(alerts);
        }
        assertThat(team.getRequestCount()).isEqualTo(alerts);
    }

    @Test
    void whatIsNotTakenIsSentAgainInOrderUntilItIsGivenUp() {
        Notifier notifier = notifier("127.0.0.1");
        refused();
        measure(State.FIRES);
        assertThat(notifier.sendAll()).isEqualTo(1);
        assertThat(states()).containsExactly("fired waiting 1");
        assertThat(journal().newest(1).getFirst().notifications().getFirst().trouble())
                .isEqualTo("the receiver answered 500");
        measure(State.OK);
        now = now.plus(AlertJournal.QUIET);
        measure(State.OK);

        refused();
        assertThat(notifier.sendAll()).as("the end waits for the beginning").isEqualTo(1);
        now = now.plus(Duration.ofSeconds(20));
        taken();
        taken();
        assertThat(notifier.sendAll()).isEqualTo(2);
        assertThat(states()).containsExactly("fired sent 3", "ended sent 1");

        measure(State.FIRES);
        refused();
        notifier.sendAll();
        now = now.plus(Duration.ofHours(7));
        refused();
        notifier.sendAll();
        assertThat(journal().newest(1).getFirst().notifications().getFirst().state())
                .isEqualTo("given_up");
        assertThat(notifier.sendAll()).isZero();
    }

    @Test
    void anAddressThatIsNotPublicIsNotCalled() {
        measure(State.FIRES);

        assertThat(notifier("192.0.2.1").sendAll()).isEqualTo(1);

        assertThat(team.getRequestCount()).isZero();
        assertThat(states()).containsExactly("fired waiting 1");
        assertThat(journal().newest(1).getFirst().notifications().getFirst().trouble())
                .doesNotContain("secret-path");
    }

    @Test
    void aReceiverThatIsNoLongerThereIsGivenUp() {
        measure(State.FIRES);
        NotificationProperties nobody = new NotificationProperties(Map.of(), null, Duration.ofHours(6));

        new Notifier(DATABASE, nobody, OutboundProperties.allowing(), clock()).sendAll();

        assertThat(states()).containsExactly("fired given_up 1");
    }

    private void taken() {
        team.enqueue(new MockResponse.Builder().code(200).body("ok").build());
    }

    private void refused() {
        team.enqueue(new MockResponse.Builder().code(500).build());
    }

    private static String text(RecordedRequest request) {
        return Objects.requireNonNull(request.getBody()).utf8();
    }

    private void measure(State state) {
        journal().note(now, List.of(new Measured(Alert.BREAKER_OPEN, state, 6, 5.0, "min", "detail")));
        now = now.plusSeconds(10);
    }

    private static AlertJournal journal() {
        return new AlertJournal(DATABASE, Map.of("team", Severity.WARNING));
    }

    private Notifier notifier(String allowed) {
        Receiver receiver =
                new Receiver(team.url("/secret-path").toString(), Format.SLACK, null, Severity.WARNING, "en");
        return new Notifier(
                DATABASE,
                new NotificationProperties(Map.of("team", receiver), null, Duration.ofHours(6)),
                OutboundProperties.allowing(allowed),
                clock());
    }

    private Clock clock() {
        return ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    }

    private static List<String> states() {
        return journal().newest(10).stream()
                .flatMap(past -> past.notifications().stream())
                .map((Notified one) -> "%s %s %d".formatted(one.event(), one.state(), one.attempts()))
                .toList();
    }
}
