package io.pawline.simulator.picture;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Searches a prompt's text for words: English ones as whole words, Chinese ones anywhere. */
record Wording(String text) {
    Wording {
        text = text.toLowerCase(Locale.ROOT);
    }

    boolean hasAny(List<String> words) {
        return words.stream().anyMatch(this::has);
    }

    /** The first match of this pattern, and the text without it; empty if there is none. */
    Optional<Part> part(Pattern pattern) {
        var matcher = pattern.matcher(text);
        return matcher.find()
                ? Optional.of(new Part(matcher.group(1), new Wording(matcher.replaceFirst(" "))))
                : Optional.empty();
    }

    private boolean has(String word) {
        if (word.codePoints().anyMatch(character -> character > 127)) {
            return text.contains(word);
        }
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            if (isBoundary(at - 1) && isBoundary(at + word.length())) {
                return true;
            }
        }
        return false;
    }

    private boolean isBoundary(int at) {
        if (at < 0 || at >= text.length()) {
            return true;
        }
        char character = text.charAt(at);
        return character > 127 || !Character.isLetterOrDigit(character);
    }

    /** The words that were found, and the text without them. */
    record Part(String found, Wording rest) {}
}
