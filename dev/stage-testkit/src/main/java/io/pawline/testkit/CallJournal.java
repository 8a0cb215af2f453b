package io.pawline.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes down what the provider of a test saw. Every process of a stage appends a line to one file when it begins, and
 * when a call starts and is answered. A line is one write to the operating system, so what is in it outlives a kill of
 * its writer.
 */
public final class CallJournal implements AutoCloseable {

    public enum Event {
        /** The process has begun to run. */
        BEGIN,
        CALL,
        ANSWER
    }

    /**
     * Holds a line of the journal.
     *
     * @param task a task's id; of no meaning when a process begins
     */
    public record Entry(long millis, Event event, long pid, String task) {}

    private final FileChannel file;

    private CallJournal(FileChannel file) {
        this.file = file;
    }

    static CallJournal open(Path path) throws IOException {
        return new CallJournal(FileChannel.open(path, CREATE, APPEND));
    }

    void note(Event event, String task) {
        String line = "%d %s %d %s%n"
                .formatted(
                        System.currentTimeMillis(),
                        event,
                        ProcessHandle.current().pid(),
                        task);
        try {
            file.write(ByteBuffer.wrap(line.getBytes(UTF_8)));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Reads all that is there by now, in the order of writing. */
    static List<Entry> read(Path path) {
        try {
            String text = Files.exists(path) ? Files.readString(path) : "";
            // A line that is being written has no end yet.
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(line -> line.split(" ", 4))
                    .map(part -> new Entry(
                            Long.parseLong(part[0]), Event.valueOf(part[1]), Long.parseLong(part[2]), part[3]))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Returns the tasks for which the process started a call, or got an answer. */
    public static Set<String> tasks(List<Entry> entries, Event event, long pid) {
        return entries.stream()
                .filter(entry -> entry.event() == event && entry.pid() == pid)
                .map(Entry::task)
                .collect(Collectors.toSet());
    }

    /** Counts how many calls were started for each task. */
    public static Map<String, Long> calls(List<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.event() == Event.CALL)
                .collect(Collectors.groupingBy(Entry::task, Collectors.counting()));
    }
}
