package io.pawline.simulation;

/**
 * Unwinds the threads of a process that was killed. It is thrown wherever such a thread would wait or speak to the
 * outside, so that nothing of what it still does has an effect. The runtime catches no {@link VirtualMachineError}.
 */
final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;

    Killed() {
        super("killed");
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
