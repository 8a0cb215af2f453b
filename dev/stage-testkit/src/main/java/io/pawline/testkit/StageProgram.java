package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pawline.events.PetDescribed;
import io.pawline.events.TaskAccepted;
import io.pawline.schemas.CallReport;
import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.StageRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs the detect stage as a process of its own, with a provider that takes money and time. Whoever started it reads on
 * its output when it is ready, asks on its input how many calls are in flight, how many retries are held and what is on the heap, and ends it by closing that input.
 */
public final class StageProgram {

    public static final String READY = "ready";
    public static final String IN_FLIGHT = "in flight";

    /** Asks for the megabytes of the heap that are in use after a collection. */
    static final String HEAP = "heap";

    /** Asks for the number of retries that wait for their time. */
    static final String HELD = "held";

    /** The provider refuses tasks of this style for good. */
    public static final String REFUSED = "refused";

    /** The provider answers tasks of this style at once. */
    public static final String QUICK = "quick";

    private final ProcessSettings settings;
    private final CallJournal journal;
    private final HaltPoint haltPoint;

    private StageProgram(ProcessSettings settings, CallJournal journal) {
        this.settings = settings;
        this.journal = journal;
        this.haltPoint = HaltPoint.of(settings.client());
    }

    public static void main(String[] arguments) throws IOException {
        ProcessSettings settings = ProcessSettings.parse(arguments);
        CallJournal journal = CallJournal.open(settings.journal());
        journal.note(CallJournal.Event.BEGIN, "-");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        StageRuntime<TaskAccepted> stage = new StageProgram(settings, journal).stage(meters);
        Runtime.getRuntime().addShutdownHook(new Thread(stage::close));
        stage.start();
        Thread.ofPlatform().daemon().start(() -> printWhenReady(stage));
        try (var questions = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                System.out.println(answer(question, meters));
            }
        }
        Runtime.getRuntime().halt(1);
    }

    private static String answer(String question, SimpleMeterRegistry meters) {
        return switch (question) {
            case HEAP -> {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                yield HEAP + " " + ((runtime.totalMemory() - runtime.freeMemory()) >> 20);
            }
            case HELD ->
                HELD + " "
                        + (int) meters.get("pawline.stage.retries.held").gauge().value();
            default ->
                IN_FLIGHT + " "
                        + (int) meters.get("pawline.stage.in.flight").gauge().value();
        };
    }

    private StageRuntime<TaskAccepted> stage(SimpleMeterRegistry meters) {
        Map<String, Object> connection = new HashMap<>(settings.client());
        connection.put("bootstrap.servers", settings.bootstrapServers());
        return TestingStage.on(connection)
                .instance(settings.instanceId())
                .maxInFlight(settings.maxInFlight())
                .drain(settings.drain())
                .meters(meters)
                .runtime((task, attempt) -> attempt.call(
                        () -> new OutsideCall.Answer<>(call(task), CallReport.succeeded(200, Optional.empty()))));
    }

    /** Makes the call that is paid for. Its result says which process made it. */
    private Outcome call(TaskAccepted task) throws InterruptedException {
        String id = task.getContext().getTaskId();
        String style = task.getContext().getStyle();
        journal.note(CallJournal.Event.CALL, id);
        if (!style.equals(QUICK)) {
            Thread.sleep(ThreadLocalRandom.current()
                    .nextLong(
                            settings.shortestCall().toMillis(),
                            settings.longestCall().toMillis() + 1));
        }
        journal.note(CallJournal.Event.ANSWER, id);
        if (haltPoint == HaltPoint.BEHIND_THE_ANSWER) {
            haltPoint.halt();
        }
        if (style.equals(REFUSED)) {
            return new Outcome.Rejected(Reason.NO_PET, "no pet to be seen");
        }
        return Outcome.done(
                Stage.GENERATE,
                PetDescribed.newBuilder()
                        .setContext(task.getContext())
                        .setDescription(Long.toString(ProcessHandle.current().pid()))
                        .build());
    }

    private static void printWhenReady(StageRuntime<TaskAccepted> stage) {
        try {
            while (!stage.ready()) {
                Thread.sleep(5);
            }
            System.out.println(READY);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
