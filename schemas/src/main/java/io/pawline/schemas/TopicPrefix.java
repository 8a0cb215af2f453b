package io.pawline.schemas;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the name of every topic, consumer group and transactional id of this process, so that several
 * installations of Pawline can share a Kafka cluster. It is chosen once per process, before the first name is made.
 * Thread-safe.
 */
public final class TopicPrefix {

    /** Names the system property, which is a setting of the services, too. */
    public static final String SETTING = "pawline.topic-prefix";

    /** Names the environment variable. */
    public static final String VARIABLE = "PAWLINE_TOPIC_PREFIX";

    private static final String OURS = "pawline.";
    private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,38}[._-]");
    private static final AtomicReference<@Nullable String> CHOSEN = new AtomicReference<>();

    private TopicPrefix() {}

    /**
     * Chooses the prefix of this process, whatever the system property and the environment say. The same may be chosen
     * again.
     *
     * @param prefix empty: none
     * @throws IllegalArgumentException if it is no prefix
     * @throws IllegalStateException if another one is chosen, or if names without it are made
     */
    public static void choose(String prefix) {
        String before = CHOSEN.compareAndExchange(null, valid(prefix));
        if (before != null && !before.equals(prefix)) {
            throw new IllegalStateException(
                    "%s cannot become '%s': this process has names with '%s'".formatted(SETTING, prefix, before));
        }
    }

    /** Makes a name of Kafka's out of what follows {@code pawline.} in it. */
    static String name(String rest) {
        if (CHOSEN.get() == null) {
            CHOSEN.compareAndSet(null, configured());
        }
        return Objects.requireNonNull(CHOSEN.get()) + OURS + rest;
    }

    /**
     * Returns the prefix by the system property or the environment, which holds unless another is chosen.
     *
     * @throws IllegalArgumentException if it is no prefix
     */
    public static String configured() {
        return valid(Optional.ofNullable(System.getProperty(SETTING))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .orElse(""));
    }

    /**
     * Returns the prefix if it is one. It may not hold {@code pawline.}: the rights of one installation to the names
     * that begin so would be rights to another's.
     *
     * @throws IllegalArgumentException if it is no prefix
     */
    public static String valid(String prefix) {
        if (!prefix.isEmpty() && (!VALID.matcher(prefix).matches() || prefix.contains(OURS))) {
            throw new IllegalArgumentException(
                    ("%s (%s) must have lower-case letters, digits, '.', '-' and '_' only, up to 40 of them, begin with a"
                                    + " letter or a digit, end in '.', '-' or '_', and not hold '%s'; it was '%s'")
                            .formatted(SETTING, VARIABLE, OURS, prefix));
        }
        return prefix;
    }
}
