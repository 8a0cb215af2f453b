package io.pawline.callback;

import static io.pawline.callback.TestingFinalStates.NOW;
import static io.pawline.callback.TestingFinalStates.failure;
import static io.pawline.callback.TestingFinalStates.finished;
import static io.pawline.callback.TestingFinalStates.success;
import static io.pawline.callback.TestingSettings.OLDER_SECRET;
import static io.pawline.callback.TestingSettings.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.CallPhase;
import io.pawline.events.Ending;
import io.pawline.events.TaskFinished;
import io.pawline.images.ImageAddress;
import io.pawline.images.ImageKey;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.OutboundHttp;
import io.pawline.outbound.OutboundProperties;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.outbound.webhook.WebhookProperties;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.TaskId;
import io.pawline.stage.Attempt;
import io.pawline.stage.Outcome;
import io.pawline.taskstore.CallbackAttempt;
import io.pawline.taskstore.Delivery;
import io.pawline.taskstore.Priority;
import io.pawline.taskstore.Submission;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import io.pawline.taskstore.TaskDatabase;
import io.pawline.taskstore.TaskState;
import io.pawline.taskstore.TestingPostgres;
import io.pawline.taskstore.TestingTasks;
import io.pawline.taskstore.UndeliveredCallbacks;
import io.pawline.taskstore.WebhookSecretCache;
import io.pawline.taskstore.WebhookSecretDao;
import io.pawline.testkit.NeedsTools;
import io.pawline.testkit.TestingAttempts;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackHandlerIT {

    private static final OutboundProperties LOCAL = OutboundProperties.allowing("127.0.0.1", "localhost");

    private static final String SECRET_OF_SHOP = "whsec_" + "U0hP".repeat(8);

    private static final String MASTER_SECRET = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";

    private static final WebhookProperties SETTINGS = TestingSettings.webhooks(Map.of(
            "connect-timeout",
            "1s",
            "timeout",
            "2s",
            "tenant-secrets.shop",
            SECRET_OF_SHOP,
            "master-secrets",
            MASTER_SECRET));

    private static TestingPostgres postgres;
    private static TaskDatabase database;
    private static TaskDao tasks;

    private final TestingAttempts calls = new TestingAttempts();
    private final List<CallbackAttempt> recorded = new CopyOnWriteArrayList<>();
    private final AttemptRecorder attempts =
            new AttemptRecorder(recorded::addAll, new SimpleMeterRegistry(), Clock.systemUTC(), System::nanoTime);
    private MockWebServer receiver;

    @BeforeAll
    static void startDatabase() {
        postgres = TestingPostgres.shared();
        database = TaskDatabase.open(postgres.database());
        tasks = new TaskDao(database);
    }

    @AfterAll
    static void stopDatabase() {
        database.close();
        postgres.close();
    }

    @BeforeEach
    void startReceiver() throws IOException {
        receiver = new MockWebServer();
        receiver.start();
    }

    @AfterEach
    void stopReceiver() {
        attempts.close();
        receiver.close();
    }

    @Test
    void sendsASuccessInTheEnvelopeThatTheFrontEndKnows() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        RecordedRequest request = request();
        String base = "https://images.example/" + id + "/1/";
        assertThat(body(request)).isEqualTo("""
                {"params":{"code":0,"data":{"task_id":"%s","status":"success",\
                "data":{"image_url":"%2$sresult.png","thumbnail_url":"%2$sthumbnail-512.png","width":1024,"height":768,\
                "thumbnails":[{"url":"%2$sthumbnail-512.png","width":512,"height":384},\
                {"url":"%2$sthumbnail-128.png","width":128,"height":96}],\
                "expires_at":"2026-11-24T10:15:30Z"},\
                "message":"success","timestamp":%3$d,"generation":1}}}""".formatted(id, base, NOW.toEpochMilli()));
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getUrl().encodedPath()).isEqualTo("/callback");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
        assertThat(task(id).delivery().deliveredAt()).isNotNull();
        assertThat(calls.reports()).containsExactly(CallReport.succeeded(200, Optional.empty()));
    }

    @Test
    void sendsAFailureWithItsReason() throws InterruptedException {
        TaskId id = accepted();
        answer(204);
        assertThat(handle(failure(id, 1, Reason.NO_PET))).isEqualTo(Outcome.done());
        assertThat(body(request())).isEqualTo("""
                {"params":{"code":1001,"data":{"task_id":"%s","status":"failed","reason":"no_pet",\
                "message":"The vision model saw no pet in the photo.","timestamp":%d,"generation":1}}}""".formatted(id, NOW.toEpochMilli()));
    }

    @Test
    void theLibraryOfTheStandardVerifiesItWithEitherSecret() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        handle(success(id, 1));
        RecordedRequest request = request();
        Map<String, List<String>> headers = request.getHeaders().toMultimap();
        String body = body(request);
        assertThat(headers).containsEntry("webhook-id", List.of("msg_" + id + "_1"));
        assertThatCode(() -> new Webhook(SECRET).verify(body, headers)).doesNotThrowAnyException();
        assertThatCode(() -> new Webhook(OLDER_SECRET).verify(body, headers)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Webhook(SECRET).verify(body.replace("1024", "1025"), headers))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void signsOnlyWithTheSecretsOfTheTenantOfTheTask() throws InterruptedException {
        RecordedRequest request = callbackOf("shop");
        Map<String, List<String>> headers = request.getHeaders().toMultimap();
        String body = body(request);
        assertThatCode(() -> new Webhook(SECRET_OF_SHOP).verify(body, headers)).doesNotThrowAnyException();
        assertThatCode(() -> new Webhook(derived("shop", 1)).verify(body, headers))
                .doesNotThrowAnyException();
        for (String secret : List.of(SECRET, derived("other", 1), derived("shop", 2))) {
            assertThatThrownBy(() -> new Webhook(secret).verify(body, headers))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    void aRotationAndTheEndOfTheSharedSecretCount() throws InterruptedException {
        WebhookSecretDao versions = new WebhookSecretDao(database);
        Instant now = Instant.now();
        versions.rotate("rotating", Duration.ofHours(1), now);
        RecordedRequest during = callbackOf("rotating");
        String body = body(during);
        for (String secret : List.of(SECRET, OLDER_SECRET, derived("rotating", 1), derived("rotating", 2))) {
            assertThatCode(() ->
                            new Webhook(secret).verify(body, during.getHeaders().toMultimap()))
                    .doesNotThrowAnyException();
        }

        versions.endPrevious("rotating", now);
        versions.signShared("rotating", false, now);
        RecordedRequest after = callbackOf("rotating");
        String bodyAfter = body(after);
        assertThatCode(() -> new Webhook(derived("rotating", 2))
                        .verify(bodyAfter, after.getHeaders().toMultimap()))
                .doesNotThrowAnyException();
        for (String secret : List.of(SECRET, OLDER_SECRET, derived("rotating", 1))) {
            assertThatThrownBy(() -> new Webhook(secret)
                            .verify(bodyAfter, after.getHeaders().toMultimap()))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    private static String derived(String tenant, int version) {
        return SETTINGS.signingSecrets().derived(tenant, version).orElseThrow();
    }

    private RecordedRequest callbackOf(String tenant) throws InterruptedException {
        Submission plain = TestingTasks.submission(receiver.url("/callback").uri());
        Submission ofTenant = new Submission(
                plain.id(),
                tenant,
                plain.style(),
                plain.photo(),
                plain.callback(),
                plain.submittedAt(),
                plain.deadline());
        tasks.accept(ofTenant);
        answer(200);
        handle(failure(ofTenant.id(), 1, Reason.NO_PET));
        return request();
    }

    @Test
    @NeedsTools({NeedsTools.Tool.NODE, NeedsTools.Tool.NPM})
    void aForeignClientVerifiesTheSignature() throws Exception {
        NodeVerifier.install();
        TaskId id = accepted();
        answer(200);
        handle(success(id, 1));
        RecordedRequest request = request();
        Map<String, String> headers = new HashMap<>();
        request.getHeaders()
                .forEach(header -> headers.put(header.getFirst().toLowerCase(Locale.ROOT), header.getSecond()));
        String body = body(request);
        assertThat(NodeVerifier.verify(SECRET, headers, body)).isEqualTo("genuine " + id);
        assertThat(NodeVerifier.verify(OLDER_SECRET, headers, body)).isEqualTo("genuine " + id);
        assertThat(NodeVerifier.verify("whsec_" + "QUJE".repeat(8), headers, body))
                .startsWith("refused");
        assertThat(NodeVerifier.verify(SECRET, headers, body.replace("1024", "1025")))
                .startsWith("refused");
    }

    @Test
    void closesTheRowBeforeTheCallbackAndNotesTheDeliveryAfter() throws InterruptedException {
        TaskId id = accepted();
        receiver.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                boolean first = task(id).state() == TaskState.SUCCESS
                        && task(id).delivery().delivered().isEmpty();
                return new MockResponse.Builder().code(first ? 200 : 500).build();
            }
        });
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(task(id).delivery().delivered()).isPresent();
    }

    @Test
    void sendsADeliveredFinalStateNoSecondTime() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        handle(success(id, 1));
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(handle(failure(id, 1, Reason.NO_PET))).isEqualTo(Outcome.done());
        assertThat(receiver.getRequestCount()).isEqualTo(1);
        assertThat(calls.reports()).hasSize(1);
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
    }

    @Test
    void aResultThatComesAfterALossIsNotSent() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        handle(failure(id, 1, Reason.LOST));

        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());

        assertThat(receiver.getRequestCount()).isEqualTo(1);
        assertThat(body(request())).contains("\"status\":\"failed\"", "\"reason\":\"lost\"");
        assertThat(task(id).state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void eachAttemptSendsTheStateOfTheRowUnderTheSameId() throws InterruptedException {
        TaskId id = accepted();
        answer(500);
        answer(200);
        handle(failure(id, 1, Reason.NO_PET));
        handle(success(id, 1));
        RecordedRequest first = request();
        RecordedRequest second = request();
        assertThat(body(second)).isEqualTo(body(first));
        assertThat(second.getHeaders().get("webhook-id"))
                .isEqualTo(first.getHeaders().get("webhook-id"));
        assertThat(task(id).delivery().attempts()).isEqualTo(2);
    }

    @Test
    void sendsALaterGenerationUnderAnotherIdAndThenNoEarlierOne() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        answer(200);
        handle(failure(id, 1, Reason.OVERLOADED));
        handle(success(id, 2));
        handle(failure(id, 1, Reason.OVERLOADED));
        assertThat(receiver.getRequestCount()).isEqualTo(2);
        RecordedRequest first = request();
        assertThat(first.getHeaders().get("webhook-id")).isEqualTo("msg_" + id + "_1");
        assertThat(body(first)).contains("\"generation\":1");
        RecordedRequest second = request();
        assertThat(second.getHeaders().get("webhook-id")).isEqualTo("msg_" + id + "_2");
        assertThat(body(second)).contains(id.toString(), "\"status\":\"success\"", "\"generation\":2");
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
    }

    /** The later final state has a record of its own, which waits until it is due. */
    @Test
    void sendsNoEarlierGenerationWhileTheLaterOneIsUndelivered() throws InterruptedException {
        TaskId id = accepted();
        answer(500);
        answer(200);
        handle(success(id, 2));
        assertThat(task(id).delivery().owed()).isTrue();

        assertThat(handle(failure(id, 1, Reason.OVERLOADED))).isEqualTo(Outcome.done());

        assertThat(receiver.getRequestCount()).isEqualTo(1);
        assertThat(task(id).delivery().attempts()).isEqualTo(1);
    }

    @Test
    void closesTheCurrentGenerationForARecordThatCouldNotBeDecoded() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        handle(failure(id, 0, Reason.UNDECODABLE));
        assertThat(request().getHeaders().get("webhook-id")).isEqualTo("msg_" + id + "_1");
        assertThat(task(id).state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void closesATaskWithoutACallbackAddress() throws InterruptedException {
        TaskId id = accepted(null);
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
        assertThat(task(id).delivery()).isEqualTo(new Delivery(null, 0, null, null, null, null));
        assertThat(calls.reports()).isEmpty();
    }

    @Test
    void returnsTheReferenceAndMetadataOfTheFrontEnd() throws InterruptedException {
        Submission plain =
                TestingTasks.submission(receiver.url("/callback?token=secret").uri());
        Submission named = new Submission(
                plain.id(),
                plain.tenant(),
                plain.style(),
                plain.photo(),
                plain.callback(),
                plain.submittedAt(),
                plain.deadline(),
                Priority.BULK,
                "order-1042",
                "{\"shelf\":\"B7\",\"n\":[1,2.50]}");
        tasks.accept(named);
        answer(200);
        handle(failure(named.id(), 1, Reason.NO_PET));
        assertThat(body(request()))
                .endsWith(",\"generation\":1,\"client_ref\":\"order-1042\","
                        + "\"metadata\":{\"shelf\":\"B7\",\"n\":[1,2.50]}}}}");
    }

    @Test
    void sendsADeliveredFinalStateOnceMoreIfSomebodyAsks() throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        answer(500);
        answer(200);
        handle(success(id, 1));
        Optional<Instant> delivered = task(id).delivery().delivered();
        new UndeliveredCallbacks(database).resend(id, "default", Instant.now());
        assertThat(handle(success(id, 1))).isInstanceOf(Outcome.Retry.class);
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(receiver.getRequestCount()).isEqualTo(3);
        assertThat(request().getHeaders().get("webhook-id"))
                .isEqualTo(request().getHeaders().get("webhook-id"));
        assertThat(task(id).delivery().delivered()).isEqualTo(delivered);
        assertThat(task(id).delivery().attempts()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void sendsEveryKindOfFinalState(Ending kind) throws InterruptedException {
        TaskId id = accepted();
        answer(200);
        TaskFinished event = kind == Ending.SUCCESS
                ? success(id, 1)
                : finished(id, 1).setEnding(kind).build();
        assertThat(handle(event)).isEqualTo(Outcome.done());
        assertThat(body(request())).contains("\"status\":\"" + kind.name().toLowerCase(Locale.ROOT) + "\"");
        assertThat(task(id).delivery().delivered()).isPresent();
    }

    @Test
    void rejectsTheFinalStateOfATaskThatNobodyAccepted() throws InterruptedException {
        assertThat(handle(success(TaskId.next(), 1)))
                .asInstanceOf(type(Outcome.Rejected.class))
                .satisfies(rejected -> assertThat(rejected.detail()).contains("no task with this id"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void countsEverySuccessAsDelivered(int status) throws InterruptedException {
        TaskId id = accepted();
        answer(status);
        assertThat(handle(success(id, 1))).isEqualTo(Outcome.done());
        assertThat(task(id).delivery().delivered()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "301, CALLBACK_REFUSED",
        "302, CALLBACK_REFUSED",
        "307, CALLBACK_REFUSED",
        "308, CALLBACK_REFUSED",
        "400, CALLBACK_REFUSED",
        "401, CALLBACK_REFUSED",
        "403, CALLBACK_REFUSED",
        "404, CALLBACK_REFUSED",
        "409, CALLBACK_REFUSED",
        "422, CALLBACK_REFUSED",
        "429, RATE_LIMITED",
        "500, CALLBACK_REFUSED",
        "502, OVERLOADED",
        "503, OVERLOADED",
        "504, OVERLOADED"
    })
    void triesAgainWhenTheReceiverAnswersWithAnError(int status, Reason reason) throws InterruptedException {
        TaskId id = accepted();
        receiver.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Location", receiver.url("/elsewhere").toString())
                .build());
        Outcome outcome = handle(success(id, 1));
        assertThat(outcome)
                .asInstanceOf(type(Outcome.Retry.class))
                .satisfies(retry -> assertThat(retry.reason()).isEqualTo(reason))
                .satisfies(retry -> assertThat(retry.detail())
                        .contains(Integer.toString(status))
                        .doesNotContain("/callback", "token"))
                .satisfies(retry -> assertThat(retry.notBefore()).isNull());
        assertThat(receiver.getRequestCount()).isEqualTo(1);
        assertThat(calls.reports()).containsExactly(CallReport.refused(reason, status));
        Delivery delivery = task(id).delivery();
        assertThat(delivery.delivered()).isEmpty();
        assertThat(delivery.attempts()).isEqualTo(1);
        assertThat(delivery.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"429, 30, 30", "503, 120, 120", "500, 7, 7", "503, 999999, 3600"})
    void waitsAsLongAsTheReceiverAsksUpToALimit(int status, String retryAfter, long seconds)
            throws InterruptedException {
        TaskId id = accepted();
        receiver.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Retry-After", retryAfter)
                .build());
        Instant before = Instant.now();
        assertThat(handle(success(id, 1)))
                .asInstanceOf(type(Outcome.Retry.class))
                .extracting(Outcome.Retry::notBefore)
                .satisfies(moment -> assertThat(moment)
                        .isBetween(
                                before.plusSeconds(seconds - 1), Instant.now().plusSeconds(seconds)));
        assertThat(calls.reports())
                .as("the receiver's queue waits as long")
                .singleElement()
                .satisfies(report -> assertThat(report.notBefore()).isPresent());
    }

    @Test
    void stopsWhenTheReceiverIsGone() throws InterruptedException {
        TaskId id = accepted();
        answer(410);
        assertThat(handle(success(id, 1)))
                .asInstanceOf(type(Outcome.Rejected.class))
                .extracting(Outcome.Rejected::reason)
                .isEqualTo(Reason.CALLBACK_GONE);
        assertThat(task(id).delivery().reason()).isEqualTo(Reason.CALLBACK_GONE);
    }

    @Test
    void triesAgainWhenNobodyListens() throws InterruptedException {
        TaskId id = accepted();
        receiver.close();
        assertThat(handle(success(id, 1)))
                .asInstanceOf(type(Outcome.Retry.class))
                .extracting(Outcome.Retry::reason)
                .isEqualTo(Reason.CONNECTION_FAILED);
        assertThat(calls.reports()).containsExactly(CallReport.died(Reason.CONNECTION_FAILED, CallPhase.CONNECT));
    }

    @Test
    void triesAgainWhenTheReceiverDoesNotAnswerInTime() throws InterruptedException {
        TaskId id = accepted();
        receiver.enqueue(
                new MockResponse.Builder().headersDelay(30, TimeUnit.SECONDS).build());
        assertThat(handle(success(id, 1)))
                .asInstanceOf(type(Outcome.Retry.class))
                .extracting(Outcome.Retry::reason)
                .isEqualTo(Reason.READ_TIMEOUT);
        assertThat(calls.reports()).containsExactly(CallReport.died(Reason.READ_TIMEOUT, CallPhase.WAIT));
    }

    @Test
    void doesNotCallAnAddressThatIsNotPublic() throws InterruptedException {
        TaskId id = accepted(URI.create("http://127.0.0.1:%d/callback".formatted(receiver.getPort())));
        Outcome outcome =
                handler(OutboundProperties.allowing(), tasks, images(false)).handle(success(id, 1), attempt(id));
        assertThat(outcome)
                .asInstanceOf(type(Outcome.Rejected.class))
                .extracting(Outcome.Rejected::reason)
                .isEqualTo(Reason.ADDRESS_REFUSED);
        assertThat(calls.reports()).containsExactly(CallReport.died(Reason.ADDRESS_REFUSED, CallPhase.CONNECT));
        assertThat(receiver.getRequestCount()).isZero();
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
    }

    @Test
    void recordsWhatCameOfEachAttempt() throws InterruptedException {
        TaskId id = accepted();
        answer(500);
        receiver.enqueue(
                new MockResponse.Builder().headersDelay(30, TimeUnit.SECONDS).build());
        answer(204);
        Instant before = Instant.now();
        Instant due = NOW.plusSeconds(5);
        settled(success(id, 1), Optional.of(due));
        settled(success(id, 1), Optional.of(due));
        settled(success(id, 1), Optional.empty());
        settled(success(id, 1), Optional.empty());

        attempts.flush();

        assertThat(recorded)
                .extracting(CallbackAttempt::number, CallbackAttempt::status, CallbackAttempt::reason)
                .containsExactly(
                        tuple(1, 500, Reason.CALLBACK_REFUSED),
                        tuple(2, null, Reason.READ_TIMEOUT),
                        tuple(3, 204, null));
        assertThat(recorded).extracting(CallbackAttempt::nextAt).containsExactly(due, due, null);
        assertThat(recorded).allSatisfy(attempt -> {
            assertThat(attempt.taskId()).isEqualTo(id);
            assertThat(attempt.generation()).isEqualTo(1);
            assertThat(attempt.at()).isBetween(before, Instant.now());
        });
        assertThat(recorded.get(1).took()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(29));
        assertThat(recorded.toString()).doesNotContain("token", "secret", "/callback");
    }

    @Test
    void recordsAnAttemptOfWhichNothingWasSent() throws InterruptedException {
        TaskId id = accepted(URI.create("http://127.0.0.1:%d/callback".formatted(receiver.getPort())));
        Attempt attempt = attempt(id);
        handler(OutboundProperties.allowing(), tasks, images(false)).handle(success(id, 1), attempt);
        attempt.settled(Optional.empty());

        attempts.flush();

        assertThat(recorded).singleElement().satisfies(refused -> {
            assertThat(refused.answer()).isEmpty();
            assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_REFUSED);
            assertThat(refused.next()).isEmpty();
        });
    }

    @Test
    void triesAgainWhenTheDatabaseIsLost() throws InterruptedException {
        TestingPostgres own = TestingPostgres.own();
        try (TaskDatabase lost = TaskDatabase.open(own.database())) {
            own.close();
            TaskId id = TaskId.next();
            assertThat(handler(LOCAL, new TaskDao(lost), images(false)).handle(success(id, 1), attempt(id)))
                    .asInstanceOf(type(Outcome.Retry.class))
                    .extracting(Outcome.Retry::reason)
                    .isEqualTo(Reason.DATABASE_UNAVAILABLE);
        }
        assertThat(receiver.getRequestCount()).isZero();
    }

    @Test
    void triesAgainWhenThePicturesHaveNoAddress() throws InterruptedException {
        TaskId id = accepted();
        assertThat(handler(LOCAL, tasks, images(true)).handle(success(id, 1), attempt(id)))
                .asInstanceOf(type(Outcome.Retry.class))
                .extracting(Outcome.Retry::reason)
                .isEqualTo(Reason.STORAGE_UNAVAILABLE);
        assertThat(calls.reports()).isEmpty();
        assertThat(task(id).state()).isEqualTo(TaskState.SUCCESS);
    }

    private TaskId accepted() {
        return accepted(receiver.url("/callback?token=secret").uri());
    }

    private static TaskId accepted(@Nullable URI callback) {
        Submission submission = TestingTasks.submission(callback);
        tasks.accept(submission);
        return submission.id();
    }

    private void answer(int status) {
        receiver.enqueue(new MockResponse.Builder().code(status).build());
    }

    private RecordedRequest request() throws InterruptedException {
        return Objects.requireNonNull(receiver.takeRequest(5, TimeUnit.SECONDS), "no request came");
    }

    private static String body(RecordedRequest request) {
        return Objects.requireNonNull(request.getBody()).string(UTF_8);
    }

    private static Task task(TaskId id) {
        return tasks.find(id).orElseThrow();
    }

    private void settled(TaskFinished event, Optional<Instant> next) throws InterruptedException {
        Attempt attempt = attempt(TaskId.parse(event.getContext().getTaskId()));
        handler(LOCAL, tasks, images(false)).handle(event, attempt);
        attempt.settled(next);
    }

    private Outcome handle(TaskFinished event) throws InterruptedException {
        TaskId id = TaskId.parse(event.getContext().getTaskId());
        return handler(LOCAL, tasks, images(false)).handle(event, attempt(id));
    }

    private Attempt attempt(TaskId id) {
        return calls.attempt(id, 1, NOW);
    }

    private CallbackHandler handler(OutboundProperties outbound, TaskDao tasks, ImageStore images) {
        Clock clock = Clock.systemUTC();
        TenantSigners signers = new TenantSigners(
                SETTINGS.signingSecrets(), new WebhookSecretCache(new WebhookSecretDao(database)), clock);
        return new CallbackHandler(
                tasks,
                images,
                signers,
                new WebhookClient(OutboundHttp.guarded(outbound), SETTINGS, clock),
                attempts,
                clock);
    }

    private static ImageStore images(boolean broken) {
        return new ImageStore() {
            @Override
            public void put(ImageKey key, byte[] bytes, String contentType) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Optional<byte[]> get(ImageKey key) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Optional<Long> size(ImageKey key) {
                throw new UnsupportedOperationException("a callback reads no images");
            }

            @Override
            public URI urlOf(ImageKey key) {
                if (broken) {
                    throw new ImageStoreException("no credentials", new IllegalStateException());
                }
                return URI.create("https://images.example/" + key);
            }

            @Override
            public ImageAddress addressOf(ImageKey key) {
                return new ImageAddress(urlOf(key), Instant.parse("2026-11-24T10:15:30Z"));
            }
        };
    }
}
