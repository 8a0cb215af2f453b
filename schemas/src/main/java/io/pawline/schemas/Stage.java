package io.pawline.schemas;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** One step of the pipeline that takes its work from a topic, in the order a task passes them. */
public enum Stage {
    DETECT,
    GENERATE,
    MATTING,
    FINALIZE,
    CALLBACK;

    /** The stage's name in topics, headers, metrics, columns and the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the stage calls a service that takes money for it; no such call starts after a task's deadline. */
    public boolean paid() {
        return switch (this) {
            case DETECT, GENERATE, MATTING -> true;
            case FINALIZE, CALLBACK -> false;
        };
    }

    /**
     * Says whether the stage notifies receivers of final states. It is the last stage, so it publishes no final state of
     * its own.
     */
    public boolean notifiesReceivers() {
        return this == CALLBACK;
    }

    /** Topic of the stage's work. */
    public String workTopic() {
        return "pawline." + code();
    }

    /** Topic of work that failed and waits for its next attempt. */
    public String retryTopic() {
        return workTopic() + ".retry";
    }

    /**
     * Topic of work whose next attempt is further away than {@link Topics#LONG_RETRY_HOP}; only the stage that tries for
     * hours has one.
     */
    public Optional<String> longRetryTopic() {
        return notifiesReceivers() ? Optional.of(workTopic() + ".retry-long") : Optional.empty();
    }

    /** All topics that the stage takes work from. */
    public List<String> readTopics() {
        return Stream.concat(Stream.of(workTopic(), retryTopic()), longRetryTopic().stream())
                .toList();
    }

    /** Topic of work given up, for the analyst. */
    public String deadLetterTopic() {
        return workTopic() + ".dlt";
    }

    /** Consumer group of the stage's processes. */
    public String consumerGroup() {
        return workTopic();
    }

    /** The stage of this code, if there is one. */
    public static Optional<Stage> ofCode(String code) {
        return Arrays.stream(values())
                .filter(stage -> stage.code().equals(code))
                .findFirst();
    }
}
