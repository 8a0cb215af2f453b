package io.pawline.stage;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Configurable;

/**
 * Assigns partitions as {@link CooperativeStickyAssignor} does, under its name. It also says when its member asks to join
 * the next generation of the group, which Kafka tells nobody but an assignor. Kafka makes it, so it is public. Used by
 * the poll thread.
 */
public final class JoinNotice extends CooperativeStickyAssignor implements Configurable {

    /** Names the setting of the consumer that holds what to run, a {@link Runnable}. */
    static final String JOINS = "pawline.joins";

    private Runnable joins = () -> {};

    @Override
    public void configure(Map<String, ?> settings) {
        if (settings.get(JOINS) instanceof Runnable given) {
            joins = given;
        }
    }

    /** Returns what the request to join carries. Kafka asks for it once a request, just before it is sent. */
    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
        joins.run();
        return super.subscriptionUserData(topics);
    }
}
