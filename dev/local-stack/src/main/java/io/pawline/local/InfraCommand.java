package io.pawline.local;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs what the services need, without the services. */
@Command(
        name = "infra",
        description = "Runs Kafka, PostgreSQL, the schema registry and the simulator until Ctrl-C,"
                + " so that services can be started by hand.",
        mixinStandardHelpOptions = true)
final class InfraCommand implements Runnable {

    @Mixin
    private StackOptions options;

    @Override
    public void run() {
        Terminal terminal = new Terminal();
        LocalStack stack = new LocalStack(options.stack(), part -> terminal.step("starting " + part));
        UntilStopped.close(stack::close);
        stack.start();
        terminal.step("ready. Ctrl-C stops it; the data stay.");
        terminal.line("");
        terminal.line(
                "Start a service, each in a terminal of its own (ingest, detect, generate, matting, finalize, callback,"
                        + " ops):");
        terminal.line(
                "  java -jar detect-service/target/detect-service-app.jar --spring.config.additional-location=file:"
                        + stack.settings());
        UntilStopped.await();
    }
}
