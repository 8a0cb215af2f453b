package io.pawline.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends one photo through the whole system, which starts on an empty folder and stops when the pictures are saved. */
@Command(
        name = "demo",
        description = "Sends one photo through the whole system and saves what comes back.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    private static final Duration LONGEST = Duration.ofMinutes(3);

    @Option(names = "--photo", paramLabel = "FILE", description = "JPEG, PNG or WebP (default: a bundled cat).")
    private @Nullable Path photo;

    @Option(
            names = "--style",
            paramLabel = "TEXT",
            defaultValue = "watercolor",
            description = "What the picture is to look like (default: ${DEFAULT-VALUE}).")
    private String style;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "out",
            description = "Where to save the pictures (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        byte[] image = photo == null ? bundled() : read(photo);
        Files.createDirectories(out);
        Path folder = Files.createTempDirectory("pawline-demo");
        LogFile.in(folder.resolve("logs"));
        Terminal terminal = new Terminal();
        LocalStack.Options options = new LocalStack.Options(folder, Ports.anyFree(), Optional.of("default"));
        try (LocalStack stack = new LocalStack(options, part -> terminal.step("starting " + part))) {
            // A demo need not drain, but its database must not stay behind
            UntilStopped.close(stack::close);
            stack.start();
            try (LocalServices _ = LocalServices.start(
                    stack.settings(), Optional.empty(), name -> terminal.step("starting " + name))) {
                FrontEnd frontEnd =
                        new FrontEnd("http://127.0.0.1:" + options.ports().ingest());
                try (DemoReceiver receiver = DemoReceiver.start(frontEnd.webhookSecret())) {
                    show(image, frontEnd, receiver, terminal);
                }
                terminal.step("stopping");
            }
        }
        delete(folder);
        return 0;
    }

    private void show(byte[] image, FrontEnd frontEnd, DemoReceiver receiver, Terminal terminal) throws Exception {
        String task = frontEnd.submit(image, style, receiver.url());
        terminal.step("submitted a photo of " + image.length / 1_024 + " KiB as task " + task);
        frontEnd.follow(task, LONGEST, stage -> terminal.step("  " + stage));
        DemoReceiver.Callback callback = receiver.await(task, LONGEST);
        terminal.step("called back, verified with the tenant's secret");
        save(frontEnd, callback, terminal);
    }

    private void save(FrontEnd frontEnd, DemoReceiver.Callback callback, Terminal terminal) throws IOException {
        Files.writeString(out.resolve("callback.json"), callback.body());
        Files.write(out.resolve("result.png"), frontEnd.download(callback.imageUrl()));
        byte[] thumbnail = frontEnd.download(callback.thumbnailUrl());
        Files.write(out.resolve("thumbnail.png"), thumbnail);
        terminal.line("");
        Optional<TerminalPicture> pictures = TerminalPicture.ofThisTerminal();
        if (pictures.isPresent()) {
            terminal.line(pictures.get().encode(thumbnail));
        }
        Stream.of("result.png", "thumbnail.png", "callback.json")
                .forEach(name -> terminal.line("  " + out.resolve(name).toAbsolutePath()));
        terminal.line("");
    }

    private byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new ParameterException(spec.commandLine(), "--photo: no readable file " + file, unreadable);
        }
    }

    private static byte[] bundled() throws IOException {
        try (InputStream cat =
                Objects.requireNonNull(DemoCommand.class.getResourceAsStream("/sample/cat.png"), "sample/cat.png")) {
            return cat.readAllBytes();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }
}
