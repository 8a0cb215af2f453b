package io.pawline.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.PawlineCommand;
import io.pawline.local.Ports;
import io.pawline.simulator.Profile;
import io.pawline.simulator.ProviderSimulator;
import io.pawline.simulator.SimulatorOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sets up an outage up to the moment when an analyst looks at it: the whole system, a text-to-image provider that fails
 * every call, and 300 tasks that failed because of it. The front end has been notified; ops-service has 300 dead
 * letters. Half of the tasks are one customer's and half another's. In each half, some are of a kind that the provider
 * refuses even when it works.
 *
 * <p>{@code try (OutageStory story = OutageStory.start(folder)) { … story.providerIsBack(); … }}
 */
final class OutageStory implements AutoCloseable {

    static final int TASKS = 300;

    /** The number of tasks of each customer. */
    static final int HALF = TASKS / 2;

    /** The number of tasks in each half that the provider refuses for what they show. */
    static final int MODERATED = 2;

    /** The customers, by the name that the front end gives them. */
    enum Customer {
        CATS,
        DOGS;

        /** The name as tasks and dead letters carry it. */
        String ref() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** The length of the outage: longer than it takes here, and less than a signature's time may be off. */
    private static final Duration OUTAGE = Duration.ofMinutes(10);

    /**
     * The profile of the outage. A rule goes before a window, so the tasks that are refused later have a rule for the
     * outage, too, for two attempts.
     */
    private static final String PROFILE = """
            seed: 1
            vision: {}
            text-to-image:
              windows:
                - {from: 0s, to: 10m, errors: {InternalServiceError: 1.0}}
              rules:
                - {when-text-contains: moderated-image, first: 2, answer: InternalServiceError}
                - {when-text-contains: moderated-image, answer: OutputImageSensitiveContentDetected}
            matting: {}
            callback: {}
            """;

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final OkHttpClient http = new OkHttpClient();
    private final TravellingClock time = new TravellingClock();
    private final Map<Customer, List<String>> tasks = new EnumMap<>(Customer.class);
    private final Ports ports = Ports.anyFree();
    private final TestingFrontEnd frontEnd;
    private final String key;

    private OutageStory(Path folder) throws Exception {
        try {
            ProviderSimulator providers =
                    started(new ProviderSimulator(SimulatorOptions.of(Profile.parse("outage", PROFILE), 0), time));
            providers.start();
            LocalStack stack =
                    started(LocalStack.start(new LocalStack.Options(folder, ports, Optional.empty()), _ -> {}));
            started(LocalServices.start(stack.settings(), Optional.of(settings(folder, providers)), _ -> {}));
            frontEnd = started(new TestingFrontEnd(ports.ingest(), LocalStack.WEBHOOK_SECRET));
            key = analystsKey(folder);
            submit(providers.baseUrl() + "/photos/cat.png");
        } catch (Exception | Error failed) {
            close();
            throw failed;
        }
    }

    /** Returns when all dead letters are in the index and the front end has been notified of all 300 tasks. */
    static OutageStory start(Path folder) throws Exception {
        OutageStory story = new OutageStory(folder);
        try {
            await().atMost(PATIENCE).until(() -> {
                JsonNode groups = story.get("/v1/dead-letters/groups").path("groups");
                // Dead letters and calls come from two topics, so the provider's code may come after the dead letter
                return groups.size() == 1
                        && groups.path(0).path("count").asInt(0) == TASKS
                        && groups.path(0).path("provider_code").isString();
            });
            await().atMost(PATIENCE)
                    .until(() -> story.tasks.values().stream()
                            .flatMap(List::stream)
                            .noneMatch(task -> story.frontEnd.callbacks(task).isEmpty()));
            return story;
        } catch (RuntimeException | Error failed) {
            story.close();
            throw failed;
        }
    }

    /** Ends the outage. */
    void providerIsBack() {
        time.travel(OUTAGE);
    }

    /** The address of ops-service, without a slash at the end. */
    String ops() {
        return "http://127.0.0.1:" + ports.ops();
    }

    /** The API key of an analyst called ann, who may read and act. */
    String key() {
        return key;
    }

    TestingFrontEnd frontEnd() {
        return frontEnd;
    }

    /** The ids of a customer's tasks, the moderated ones last. */
    List<String> tasksOf(Customer customer) {
        return List.copyOf(tasks.getOrDefault(customer, List.of()));
    }

    /** The ids of those that the provider refuses. */
    List<String> moderatedOf(Customer customer) {
        return tasksOf(customer).subList(HALF - MODERATED, HALF);
    }

    /** The answer of ops-service to the analyst. */
    JsonNode get(String path) throws IOException {
        Request request = new Request.Builder()
                .url(ops() + path)
                .header("Authorization", "Bearer " + key)
                .build();
        try (Response answer = http.newCall(request).execute()) {
            String body = answer.body().string();
            assertThat(answer.code()).as(body).isEqualTo(200);
            return JsonMapper.shared().readTree(body);
        }
    }

    /** The output of {@code ./pawline dlt} for the analyst. */
    String dlt(String command, String... arguments) {
        List<String> line = new ArrayList<>(List.of("dlt", command, "--url=" + ops(), "--key=" + key));
        line.addAll(List.of(arguments));
        return pawline(line);
    }

    /** The output of {@code ./pawline report} for the analyst. */
    String report(String... arguments) {
        List<String> line = new ArrayList<>(List.of("report", "--url=" + ops(), "--key=" + key));
        line.addAll(List.of(arguments));
        return pawline(line);
    }

    /** The output of any command of {@code ./pawline} that goes through ops-service, for the analyst. */
    String command(List<String> words) {
        List<String> line = new ArrayList<>(words);
        line.addAll(List.of("--ops-url=" + ops(), "--key=" + key));
        return pawline(line);
    }

    private static String pawline(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter error = new StringWriter();
        int exit = PawlineCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(error, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(exit).as("%s: %s", arguments.subList(0, 2), error).isZero();
        return out.toString();
    }

    private static Path settings(Path folder, ProviderSimulator providers) throws IOException {
        return Files.writeString(folder.resolve("story.properties"), """
                    pawline.ark.base-url=%1$s/api/v3
                    pawline.ark.api-key=simulator-ark-key
                    pawline.matting.base-url=%1$s
                    pawline.matting.access-key=AKLTSIMULATOR
                    pawline.matting.secret-key=simulator-secret-key
                    pawline.ingest.collapse-window=0s
                    pawline.generate.model=doubao-seedream-3-0-t2i-250415
                    pawline.generate.size=512x512
                    pawline.generate.stage.max-attempts=2
                    pawline.generate.stage.first-delay=50ms
                    pawline.generate.stage.breaker=false
                    pawline.ops.open-access=false
                    pawline.ops.tenant=staff
                    pawline.ops.prices.seedream=0.03
                    pawline.ops.prices.volcengine-visual=0.01
                    """.formatted(providers.baseUrl()));
    }

    private static String analystsKey(Path folder) {
        return pawline(List.of(
                        "keys",
                        "create",
                        "--tenant=staff",
                        "--name=ann",
                        "--scopes=read,operate",
                        "--data-dir=" + folder))
                .strip();
    }

    private void submit(String photo) throws IOException {
        for (Customer customer : Customer.values()) {
            List<String> own = new ArrayList<>();
            for (int i = 0; i < HALF; i++) {
                boolean moderated = i >= HALF - MODERATED;
                // The simulator draws each prompt's picture once, and its rule for moderated tasks counts by prompt
                String style = moderated ? "moderated-image " + customer.ref() + i : "watercolour";
                own.add(frontEnd.submitAs(customer.ref(), photo, style));
            }
            tasks.put(customer, own);
        }
    }

    private <T extends AutoCloseable> T started(T part) {
        running.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception failed) {
                throw new IllegalStateException("a part of the story did not stop", failed);
            }
        }
    }

    /** A clock that can be moved forward. Thread-safe. */
    private static final class TravellingClock extends Clock {

        private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

        void travel(Duration further) {
            ahead.updateAndGet(further::plus);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("nobody asks for it");
        }
    }
}
