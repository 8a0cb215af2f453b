package io.pawline.mattingmodel.cutout;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has glibc give large pieces of memory back to the system as soon as they are free. By itself it learns from the first
 * large piece to keep such pieces, and a process that ran a model once stays 200 MB larger. Elsewhere nothing is changed.
 */
final class NativeMemory {

    /** From glibc's malloc.h. */
    private static final int M_MMAP_THRESHOLD = -3;

    private static final int LARGE = 1 << 20;

    private static final AtomicBoolean DONE = new AtomicBoolean();

    private NativeMemory() {}

    /** Changes the whole process, once. */
    @SuppressWarnings("restricted") // a number is set, and nothing is read or written
    static void giveBackAtOnce() {
        if (!DONE.compareAndSet(false, true)) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("mallopt").ifPresent(address -> {
            MethodHandle mallopt = linker.downcallHandle(
                    address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            try {
                int _ = (int) mallopt.invokeExact(M_MMAP_THRESHOLD, LARGE);
            } catch (Throwable impossible) {
                throw new IllegalStateException("mallopt throws nothing", impossible);
            }
        });
    }
}
