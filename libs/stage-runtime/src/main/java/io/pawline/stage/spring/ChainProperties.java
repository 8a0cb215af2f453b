package io.pawline.stage.spring;

import io.pawline.stage.Fallbacks;
import io.pawline.stage.Fallbacks.Fallback;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
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

    /** Holds what the settings of every further provider have in common, whatever its wire format. */
    public interface Further {

        /** Returns the place in the order: the provider with the least number is asked first. */
        int order();

        ProviderLimits limits();

        /** Returns the share of the tasks by which the provider is compared with the others; 0: it is not. */
        double canary();
    }

    /**
     * Returns further providers in their order: by the number that each has for it, then by name.
     *
     * @param settings of each provider, by its name
     */
    public static <S extends Further> List<Entry<String, S>> inOrder(Map<String, S> settings) {
        return settings.entrySet().stream()
                .sorted(Comparator.<Entry<String, S>>comparingInt(
                                each -> each.getValue().order())
                        .thenComparing(Entry::getKey))
                .toList();
    }

    /** Makes of further providers, by their names, what the runtime needs. */
    public Fallbacks fallbacks(Map<String, ? extends Further> settings) {
        List<Fallback> providers = inOrder(settings).stream()
                .map(each -> each.getValue()
                        .limits()
                        .provider(each.getKey())
                        .withCanary(each.getValue().canary()))
                .toList();
        return new Fallbacks(policy, spillAfter, providers);
    }
}
