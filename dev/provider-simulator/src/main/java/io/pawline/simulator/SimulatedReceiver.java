package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Plays the front end's receiver: takes callbacks, checks their signatures, and shows what came. Thread-safe. */
final class SimulatedReceiver {

    /** The body bytes kept; the oldest callbacks go first. */
    private static final long KEPT_BYTES = 64L << 20;

    /** The tolerance that Standard Webhooks recommends. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final int SHOWN = 1000;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Received(
            long number,
            Optional<String> taskId,
            String path,
            @Nullable String webhookId,
            @Nullable String timestamp,
            Instant at,
            @Nullable Boolean signatureOk,
            int answered,
            byte[] body) {}

    private final Workload workload;
    private final @Nullable Webhook webhook;
    private final Clock clock;
    private volatile CallbackListener listener = (_, _) -> {};
    private final AtomicLong numbers = new AtomicLong();
    private final LongAdder signaturesRight = new LongAdder();
    private final LongAdder signaturesWrong = new LongAdder();
    private final Cache<Long, Received> received = Caffeine.newBuilder()
            .maximumWeight(KEPT_BYTES)
            .weigher((Long _, Received callback) -> 256 + callback.body().length)
            .build();

    SimulatedReceiver(Workload workload, Optional<String> secret, Clock clock) {
        this.workload = workload;
        this.webhook = secret.map(SimulatedReceiver::webhook).orElse(null);
        this.clock = clock;
    }

    private static Webhook webhook(String secret) {
        try {
            return new Webhook(secret);
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException("the webhook secret is empty", e);
        }
    }

    /** @param next is called for each callback that is taken from now on */
    void listener(CallbackListener next) {
        listener = next;
    }

    /** Takes a callback. A callback with a wrong signature is kept as well, but refused. */
    SimulatedReply receive(SimulatedCall simulatedCall) throws InterruptedException {
        Boolean signatureOk = webhook == null ? null : isSigned(webhook, simulatedCall);
        if (signatureOk != null) {
            (signatureOk ? signaturesRight : signaturesWrong).increment();
        }
        if (Boolean.FALSE.equals(signatureOk)) {
            keep(simulatedCall, signatureOk, 401);
            return workload.refuse(SimulatedReply.problem(401, "the webhook signature is missing or wrong"));
        }
        SimulatedReply simulatedReply = workload.perform(simulatedCall, new Receipt(simulatedCall));
        keep(simulatedCall, signatureOk, simulatedReply instanceof SimulatedReply.Answer answer ? answer.status() : 0);
        if (simulatedReply instanceof SimulatedReply.Answer answer && answer.isOk()) {
            notifyListener(simulatedCall.body());
        }
        return simulatedReply;
    }

    /** Shows the callbacks of this task, or the last callbacks of all tasks, in the order in which they came. */
    SimulatedReply show(Optional<String> taskId) {
        List<Map<String, Object>> shown = received.asMap().values().stream()
                .filter(callback -> taskId.isEmpty() || callback.taskId().equals(taskId))
                .sorted(Comparator.comparingLong(Received::number).reversed())
                .limit(SHOWN)
                .map(SimulatedReceiver::asJson)
                .toList();
        return SimulatedReply.ok(new ArrayList<>(shown.reversed()));
    }

    Map<String, Object> stats() {
        Map<String, Object> stats = new LinkedHashMap<>(workload.stats());
        stats.put("signatures_right", signaturesRight.sum());
        stats.put("signatures_wrong", signaturesWrong.sum());
        return stats;
    }

    void clearStats() {
        workload.clearStats();
        signaturesRight.reset();
        signaturesWrong.reset();
    }

    private void keep(SimulatedCall simulatedCall, @Nullable Boolean signatureOk, int answered) {
        long number = numbers.incrementAndGet();
        received.put(
                number,
                new Received(
                        number,
                        taskId(simulatedCall.body()),
                        simulatedCall.path(),
                        simulatedCall.header("webhook-id").orElse(null),
                        simulatedCall.header("webhook-timestamp").orElse(null),
                        clock.instant(),
                        signatureOk,
                        answered,
                        simulatedCall.body()));
    }

    private void notifyListener(byte[] body) {
        try {
            JsonNode data = SimulatedReply.JSON.readTree(body).path("params").path("data");
            listener.taken(
                    data.path("task_id").asString(""), data.path("status").asString(""));
        } catch (JacksonException noJson) {
            listener.taken("", "");
        }
    }

    private static Optional<String> taskId(byte[] body) {
        try {
            JsonNode id = SimulatedReply.JSON
                    .readTree(body)
                    .path("params")
                    .path("data")
                    .path("task_id");
            return id.isString() ? Optional.of(id.stringValue()) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private boolean isSigned(Webhook webhook, SimulatedCall simulatedCall) {
        try {
            String id = simulatedCall.header("webhook-id").orElse("");
            long timestamp =
                    Long.parseLong(simulatedCall.header("webhook-timestamp").orElse(""));
            Duration age = Duration.between(Instant.ofEpochSecond(timestamp), clock.instant());
            byte[] expected =
                    webhook.sign(id, timestamp, text(simulatedCall.body())).getBytes(StandardCharsets.UTF_8);
            return age.abs().compareTo(TOLERANCE) <= 0
                    && Arrays.stream(simulatedCall
                                    .header("webhook-signature")
                                    .orElse("")
                                    .split(" "))
                            .anyMatch(one -> MessageDigest.isEqual(expected, one.getBytes(StandardCharsets.UTF_8)));
        } catch (NumberFormatException | DateTimeException | WebhookSigningException e) {
            return false;
        }
    }

    private static Map<String, Object> asJson(Received callback) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("webhook-id", callback.webhookId());
        json.put("webhook-timestamp", callback.timestamp());
        json.put("received-at", callback.at().toString());
        json.put("signature_ok", callback.signatureOk());
        json.put("path", callback.path());
        json.put("answered", callback.answered());
        json.put("body", body(callback.body()));
        return json;
    }

    private static Object body(byte[] bytes) {
        try {
            return SimulatedReply.JSON.readTree(bytes);
        } catch (JacksonException e) {
            return text(bytes);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private record Receipt(SimulatedCall call) implements Workload.Job {

        @Override
        public Workload.Subject subject() {
            String text = SimulatedReceiver.text(call.body());
            return Workload.Subject.of(text, call.header("webhook-id").orElse(text));
        }

        @Override
        public SimulatedReply.Answer done() {
            return SimulatedReply.ok(Map.of("received", true));
        }

        @Override
        public SimulatedReply.Answer failed(Fault fault) {
            SimulatedReply.Answer answer =
                    SimulatedReply.json(fault.status(), fault.code(), Map.of("error", fault.message()));
            boolean slowDown = fault.status() == 429 || fault.status() == 503;
            return slowDown
                    ? new SimulatedReply.Answer(
                            answer.status(),
                            answer.code(),
                            answer.contentType(),
                            answer.body(),
                            Map.of("Retry-After", "1"))
                    : answer;
        }
    }
}
