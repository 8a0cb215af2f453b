package io.pawline.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.pawline.simulator.ProviderProfile.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the rule that applies to a call, and counts its uses for rules that end. Thread-safe. */
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
     * Finds the answer of the first rule that applies and has not ended.
     *
     * @param text the text that the rules look at
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
