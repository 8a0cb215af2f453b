package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.simulator.ProviderProfile.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which rule, if any, a call falls under. Remembers how often each did, for rules that end. Thread-safe. */
final class RuleBook {

    private static final long REMEMBERED = 100_000;

    private record Case(Rule rule, String matter) {}

    private final List<Rule> rules;
    private final Cache<Case, Integer> cases =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    RuleBook(List<Rule> rules) {
        this.rules = rules;
    }

    /**
     * The first rule's answer that still holds.
     *
     * @param text what the rules look at
     * @param matter what repeated calls have in common
     */
    Optional<Fault> answerTo(String text, String matter) {
        if (rules.isEmpty()) {
            return Optional.empty();
        }
        String folded = text.toLowerCase(Locale.ROOT);
        for (Rule rule : rules) {
            if (folded.contains(rule.text().toLowerCase(Locale.ROOT)) && holds(rule, matter)) {
                return Optional.of(rule.answer());
            }
        }
        return Optional.empty();
    }

    private boolean holds(Rule rule, String matter) {
        return rule.first() == Integer.MAX_VALUE
                || cases.asMap()
                                .merge(
                                        new Case(rule, matter),
                                        1,
                                        (count, one) -> Math.min(count + one, rule.first() + 1))
                        <= rule.first();
    }
}
