package io.pawline.stage;

import io.pawline.events.TaskContext;
import io.pawline.schemas.Stage;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says what makes a stage: its place in the pipeline, the event it takes, and its policies. Together with a {@link
 * Handler} it is all that a service has to supply.
 *
 * @param input the Avro class of the stage's input event
 * @param context how the event names its task
 * @param provider the outside service that the stage calls through {@link Attempt#call}; empty if it calls none
 * @param receiverQueues whether the provider stands for many receivers, each of which has a queue of its own and may
 *     not hold up another
 */
public record StageSpec<I>(
        Stage stage,
        Class<I> input,
        Function<I, TaskContext> context,
        StagePolicies policies,
        Optional<ProviderPolicies> provider,
        boolean receiverQueues) {
    public StageSpec {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(policies, "policies");
        Objects.requireNonNull(provider, "provider");
        if (receiverQueues && provider.isEmpty()) {
            throw new IllegalArgumentException("receiver queues need a provider, and there is none");
        }
    }

    /** Makes a stage that calls one provider, or none. */
    public StageSpec(
            Stage stage,
            Class<I> input,
            Function<I, TaskContext> context,
            StagePolicies policies,
            Optional<ProviderPolicies> provider) {
        this(stage, input, context, policies, provider, false);
    }
}
