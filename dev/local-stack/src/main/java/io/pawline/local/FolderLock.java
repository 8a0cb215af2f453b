package io.pawline.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a data folder for one process at a time; a process that is killed gives it up. */
record FolderLock(FileChannel channel) implements AutoCloseable {

    /**
     * Takes the folder.
     *
     * @throws IllegalStateException if another process has it
     */
    static FolderLock of(Path folder) {
        try {
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new IllegalStateException("another stack is running on " + folder
                        + ": stop it, or choose another folder with --data-dir");
            }
            return new FolderLock(channel);
        } catch (IOException unwritable) {
            throw new UncheckedIOException("the data folder cannot be written: " + folder, unwritable);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ownProcess) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
