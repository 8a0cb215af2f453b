package io.pawline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Measures what this process and PostgreSQL's processes use.
 *
 * @param server PostgreSQL's first process, whose children the others are
 */
record Processes(ProcessHandle server) {

    private static final OperatingSystemMXBean SELF =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** This process and those of the PostgreSQL server that runs on this data folder. */
    static Processes withDatabase(Path folder) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("postmaster.pid")).getFirst().strip());
        return new Processes(ProcessHandle.of(pid).orElseThrow());
    }

    /** CPU time since each process was started; the use of connections that were closed is not in it. */
    Duration cpu() {
        return Duration.ofNanos(selfNanos() + databaseNanos());
    }

    /** CPU time of this process in nanoseconds. */
    long selfNanos() {
        return SELF.getProcessCpuTime();
    }

    /** CPU time of PostgreSQL in nanoseconds; the use of connections that were closed is not in it. */
    long databaseNanos() {
        return database()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToLong(Duration::toNanos)
                .sum();
    }

    /** Resident memory, with each shared page divided among those that share it; 0 if the system does not say. */
    long residentMegabytes() {
        return Stream.concat(Stream.of(ProcessHandle.current()), database())
                        .mapToLong(Processes::proportionalKilobytes)
                        .sum()
                >> 10;
    }

    private Stream<ProcessHandle> database() {
        return Stream.concat(Stream.of(server), server.descendants());
    }

    private static long proportionalKilobytes(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .sum();
        } catch (IOException unknown) {
            return 0;
        }
    }
}
