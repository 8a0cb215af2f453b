package io.pawline.ops.deadletters;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes texts and questions so that the full-text search of PostgreSQL finds Chinese and Japanese words. There are no
 * spaces between those. So each run of such characters is written as its pairs of neighbours, and its last character:
 * {@code 额度不足} becomes {@code 额度 度不 不足 足}. A word in a question becomes the phrase of its pairs.
 */
final class SearchText {

    /** What is beyond so many characters is not searched. */
    private static final int LONGEST = 20_000;

    private static final Set<UnicodeScript> WITHOUT_SPACES =
            EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA);

    private SearchText() {}

    /**
     * A question to the search.
     *
     * @param words as {@code websearch_to_tsquery} takes them; empty: none
     * @param prefixes as {@code to_tsquery} takes them, for single characters; empty: none
     */
    record Question(String words, String prefixes) {}

    /** Writes a text as the index is to have it. */
    static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (String part : parts(text.substring(0, Math.min(text.length(), LONGEST)))) {
            if (isRun(part)) {
                List<String> pairs = pairs(part);
                pairs.forEach(pair -> out.append(' ').append(pair));
                out.append(' ').append(last(part)).append(' ');
            } else {
                out.append(part);
            }
        }
        return out.toString();
    }

    /** Reads what people write into a search box: words, {@code -word}, {@code "a phrase"}, {@code or}. */
    static Question question(String text) {
        StringBuilder words = new StringBuilder();
        List<String> prefixes = new ArrayList<>();
        boolean quoted = false;
        boolean not = false;
        for (String part : parts(text)) {
            if (!isRun(part)) {
                words.append(part);
                quoted ^= part.chars().filter(character -> character == '"').count() % 2 == 1;
                not = part.endsWith("-");
            } else if (part.codePointCount(0, part.length()) > 1) {
                String phrase = String.join(" ", pairs(part));
                words.append(quoted ? " " + phrase + " " : (not ? "" : " ") + '"' + phrase + "\" ");
                not = false;
            } else {
                if (not) {
                    words.setLength(words.length() - 1);
                }
                prefixes.add((not ? "!" : "") + "'" + part + "':*");
                not = false;
            }
        }
        return new Question(words.toString().strip(), String.join(" & ", prefixes));
    }

    /** Cuts a text into runs of characters that have no spaces between words, and what is between them. */
    private static List<String> parts(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean inRun = false;
        for (int point : plain.codePoints().toArray()) {
            boolean ofRun = WITHOUT_SPACES.contains(UnicodeScript.of(point));
            if (ofRun != inRun && !part.isEmpty()) {
                parts.add(part.toString());
                part.setLength(0);
            }
            inRun = ofRun;
            part.appendCodePoint(point);
        }
        if (!part.isEmpty()) {
            parts.add(part.toString());
        }
        return parts;
    }

    private static boolean isRun(String part) {
        return WITHOUT_SPACES.contains(UnicodeScript.of(part.codePointAt(0)));
    }

    private static List<String> pairs(String run) {
        int[] points = run.codePoints().toArray();
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < points.length; i++) {
            pairs.add(new String(points, i, 2));
        }
        return pairs;
    }

    private static String last(String run) {
        return run.substring(run.offsetByCodePoints(run.length(), -1));
    }
}
