package io.pawline.stage;

/**
 * Makes one call to one of the providers of a stage, through {@link Attempt#call(ProviderCall)}. It is asked again for
 * another provider if the call fails for reasons of the provider.
 *
 * @param <T> what the stage makes of the answer, good or bad
 */
@FunctionalInterface
public interface ProviderCall<T> {

    /**
     * Makes the call, once.
     *
     * @param place of the provider among those of the stage: 0 for {@link StageSpec#provider}, then those of {@link
     *     StageSpec#fallbacks}
     * @throws InterruptedException if the runtime gave the task up
     */
    OutsideCall.Answer<T> make(int place) throws InterruptedException;
}
