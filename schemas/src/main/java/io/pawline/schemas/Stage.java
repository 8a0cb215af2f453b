package io.pawline.schemas;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists the steps of the pipeline that take their work from a topic, in the order in which a task passes them. */
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

    /** Whether the calls of the stage cost money. No such call begins after the deadline of its task. */
    public boolean paid() {
        return switch (this) {
            case DETECT, GENERATE, MATTING -> true;
            case FINALIZE, CALLBACK -> false;
        };
    }

    /**
     * Says whether the stage notifies receivers of final states. It is the last stage, so it publishes no final state
     * of its own.
     */
    public boolean notifiesReceivers() {
        return this == CALLBACK;
    }

    /** The topic of the stage's work. */
    public String workTopic() {
        return TopicPrefix.name(code());
    }

    /** The topic of work that failed and waits for its next attempt. */
    public String retryTopic() {
        return workTopic() + ".retry";
    }

    /**
     * The topic of work whose next attempt is further away than {@link Topics#LONG_RETRY_HOP}. Only the callback stage,
     * which tries for hours, has one.
     */
    public Optional<String> longRetryTopic() {
        return notifiesReceivers() ? Optional.of(workTopic() + ".retry-long") : Optional.empty();
    }

    /** All topics that the stage takes work from. */
    public List<String> readTopics() {
        return Stream.concat(Stream.of(workTopic(), retryTopic()), longRetryTopic().stream())
                .toList();
    }

    /** The topic of work that the stage gave up, for the analyst. */
    public String deadLetterTopic() {
        return workTopic() + ".dlt";
    }

    /** The consumer group of the stage's processes. */
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
