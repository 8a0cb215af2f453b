package io.pawline.stage;

import io.pawline.events.TaskContext;
import io.pawline.schemas.Stage;
import io.pawline.stage.Fallbacks.Fallback;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Says what makes a stage: its place in the pipeline, the event it takes, and its policies. Together with a {@link
 * Handler} it is all that a service has to supply.
 *
 * @param input the Avro class of the stage's input event
 * @param context how the event names its task
 * @param provider the outside service that the stage calls through {@link Attempt#call}; empty if it calls none
 * @param receiverQueues whether the provider stands for many receivers, each of which has a queue of its own and may
 *     not hold up another
 * @param fallbacks the providers that are called if the first one is not
 */
public record StageSpec<I>(
        Stage stage,
        Class<I> input,
        Function<I, TaskContext> context,
        StagePolicies policies,
        Optional<ProviderPolicies> provider,
        boolean receiverQueues,
        Fallbacks fallbacks) {
    public StageSpec {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(policies, "policies");
        Objects.requireNonNull(provider, "provider");
        if (receiverQueues && provider.isEmpty()) {
            throw new IllegalArgumentException("receiver queues need a provider, and there is none");
        }
        boolean more = !fallbacks.providers().isEmpty() || fallbacks.hedgeShare() > 0;
        if (more && (provider.isEmpty() || receiverQueues)) {
            throw new IllegalArgumentException("fallbacks and hedges need one provider that comes first");
        }
        List<String> names = names(provider, fallbacks);
        if (Set.copyOf(names).size() < names.size()) {
            throw new IllegalArgumentException("each provider of a stage must have a name of its own, was " + names);
        }
    }

    private static List<String> names(Optional<ProviderPolicies> provider, Fallbacks fallbacks) {
        return Stream.concat(provider.stream(), fallbacks.providers().stream().map(Fallback::provider))
                .map(ProviderPolicies::name)
                .toList();
    }

    /** Makes a stage that calls one provider, or none. */
    public StageSpec(
            Stage stage,
            Class<I> input,
            Function<I, TaskContext> context,
            StagePolicies policies,
            Optional<ProviderPolicies> provider,
            boolean receiverQueues) {
        this(stage, input, context, policies, provider, receiverQueues, Fallbacks.NONE);
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

    /** Returns all providers, in the order in which they are asked. */
    public List<ProviderPolicies> providers() {
        return Stream.concat(provider.stream(), fallbacks.providers().stream().map(Fallback::provider))
                .toList();
    }

    /** Returns the most tasks that one process works on at once, at all providers together. */
    public int maxInFlight() {
        return policies.maxInFlight()
                + fallbacks.providers().stream().mapToInt(Fallback::maxInFlight).sum();
    }
}
