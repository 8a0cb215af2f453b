package io.pawline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Limits the processor time of processes, with a control group of Linux of either version. It takes the right to write
 * to the root of the control groups. For one thread.
 */
final class CpuQuota implements AutoCloseable {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final int PERIOD_MICROS = 100_000;
    private static final String PROCESSES = "cgroup.procs";

    private final Path parent;
    private final Path group;

    private CpuQuota(Path parent, String name) {
        this.parent = parent;
        this.group = parent.resolve(name);
    }

    /**
     * Makes a group whose processes have so much of a processor, all together; empty if this machine has none for us.
     *
     * @param cores more than 0
     */
    static Optional<CpuQuota> of(double cores, String name) {
        long quota = Math.round(cores * PERIOD_MICROS);
        boolean second = Files.exists(ROOT.resolve("cgroup.controllers"));
        CpuQuota made = new CpuQuota(
                second ? ROOT : ROOT.resolve("cpu"),
                "pawline-" + ProcessHandle.current().pid() + "-" + name);
        Path group = made.group;
        try {
            if (second) {
                Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+cpu");
            }
            Files.createDirectory(group);
        } catch (IOException noRight) {
            return Optional.empty();
        }
        try {
            if (second) {
                Files.writeString(group.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
            } else {
                Files.writeString(group.resolve("cpu.cfs_period_us"), Integer.toString(PERIOD_MICROS));
                Files.writeString(group.resolve("cpu.cfs_quota_us"), Long.toString(quota));
            }
            return Optional.of(made);
        } catch (IOException noSuchControl) {
            made.close();
            return Optional.empty();
        }
    }

    /** Limits a process from now on, with all its threads. */
    void limit(long process) {
        move(process, group);
    }

    /** Sets a process free again. */
    void free(long process) {
        move(process, parent);
    }

    private static void move(long process, Path into) {
        try {
            Files.writeString(into.resolve(PROCESSES), Long.toString(process));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Removes the group, which must have no process any more. */
    @Override
    public void close() {
        try {
            Files.delete(group);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
