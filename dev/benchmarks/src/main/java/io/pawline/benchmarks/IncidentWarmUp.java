package io.pawline.benchmarks;

import io.pawline.local.LocalServices;
import io.pawline.local.LocalStack;
import io.pawline.local.Ports;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.util.FileSystemUtils;

/**
 * Sends tasks before the day, through services of their own and providers that answer at once. A JVM that has just
 * started uses so much of the processor for compiling that all the day's providers would look slow.
 */
final class IncidentWarmUp {

    private IncidentWarmUp() {}

    static void pass(int tasks, Journal journal) throws Exception {
        if (tasks == 0) {
            return;
        }
        journal.step("warming up with " + tasks + " tasks");
        Path folder = Files.createTempDirectory("pawline-warm-up");
        Ports ports = Ports.anyFree();
        LocalStack.Options options = new LocalStack.Options(folder, ports, Optional.of("instant"));
        Path settings = Files.writeString(folder.resolve("warm-up.properties"), """
                pawline.generate.model=doubao-seedream-3-0-t2i-250415
                pawline.generate.size=512x512
                pawline.ingest.collapse-window=0s
                pawline.ingest.backlog.free-tasks=1000000000
                """);
        try (LocalStack stack = LocalStack.start(options, _ -> {});
                FrontEndServer frontEnd = new FrontEndServer(LocalStack.WEBHOOK_SECRET, SamplePhoto.jpeg());
                LocalServices _ =
                        LocalServices.start(stack.settings(), Optional.of(settings), WithoutImages::adapt, _ -> {})) {
            Run run = new Run(tasks);
            frontEnd.expect(run);
            new Submitter(URI.create("http://127.0.0.1:" + ports.ingest()), frontEnd.photoUrl(), frontEnd.callbackUrl())
                    .postAtOnce(run);
            run.await();
            journal.step("  %.0f tasks a second".formatted(run.tasksPerSecond()));
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }
}
