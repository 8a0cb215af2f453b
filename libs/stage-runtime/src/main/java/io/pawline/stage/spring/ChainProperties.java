package io.pawline.stage.spring;

import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a stage calls its further providers, as settings: {@code pawline.<stage>.chain.*}.
 *
 * @param policy When a task goes to the next provider. {@code standby}: only if the one before is off, its breaker is not
 *     closed, it cools down for longer than the deadline allows, it has no free place and its last three calls failed,
 *     or the task's call to it failed. {@code prefer}: also if tasks wait
 *     longer than {@code spill-after}.
 * @param spillAfter How long a task waits for a provider before the next one is called as well, more than 0. It counts
 *     for {@code prefer} alone.
 */
@ConfigurationPropertiesSource
public record ChainProperties(
        @DefaultValue("standby") Fallbacks.Policy policy,
        @DefaultValue("20s") Duration spillAfter) {

    public ChainProperties {
        if (!spillAfter.isPositive()) {
            throw new IllegalArgumentException("spill-after must be > 0, was " + spillAfter);
        }
    }

    /**
     * Returns further providers in their order: by the number that each has for it, then by name.
     *
     * @param settings of each provider, by its name
     */
    public static <S> List<Entry<String, S>> inOrder(Map<String, S> settings, ToIntFunction<S> order) {
        return settings.entrySet().stream()
                .sorted(Comparator.<Entry<String, S>>comparingInt(each -> order.applyAsInt(each.getValue()))
                        .thenComparing(Entry::getKey))
                .toList();
    }

    /**
     * Makes of further providers what the runtime needs.
     *
     * @param canary share of the tasks by which a provider is compared with the others; 0: it is not
     */
    public <S> Fallbacks fallbacks(
            List<Entry<String, S>> inOrder, Function<S, ProviderLimits> limits, ToDoubleFunction<S> canary) {
        List<Fallback> providers = inOrder.stream()
                .map(each -> limits.apply(each.getValue())
                        .provider(each.getKey())
                        .withCanary(canary.applyAsDouble(each.getValue())))
                .toList();
        return new Fallbacks(policy, spillAfter, providers);
    }
}
