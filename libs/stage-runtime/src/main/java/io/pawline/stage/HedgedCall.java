package io.pawline.stage;

/**
 * Makes one call to one of the providers of a stage, through {@link Attempt#hedged}. It may be asked again while it
 * makes the first call, on another thread.
 *
 * @param <T> what the stage makes of the answer, good or bad; it holds nothing that has to be closed, since the answer
 *     that comes later is dropped
 */
@FunctionalInterface
public interface HedgedCall<T> {

    /**
     * Makes the call, once. It runs on a thread of its own.
     *
     * @param place of the provider, as in {@link ProviderCall#make}
     * @param requestId our name for the call, which no other call has
     * @throws InterruptedException if the call is given up, which then ends at once
     */
    OutsideCall.Answer<T> make(int place, String requestId) throws InterruptedException;
}
