package io.pawline.stage.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.LimitMessage;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.service.EventFormat;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageClients;
import io.pawline.stage.channel.MessageChannel;
import io.pawline.stage.provider.FleetNode;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Carries the messages between the processes of a stage that share a provider, through the stage's partition of the
 * limits topic. The process's lease is given back when the channel stops. For one thread.
 */
public final class FleetChannel implements MessageChannel.Endpoint<LimitMessage> {

    private final FleetNode node;
    private final Supplier<FleetNode.Load> load;
    private final BooleanSupplier isChosen;
    private final FleetCodec codec;

    private FleetChannel(String provider, FleetNode node, Supplier<FleetNode.Load> load, BooleanSupplier isChosen) {
        this.node = node;
        this.load = load;
        this.isChosen = isChosen;
        this.codec = new FleetCodec(provider);
    }

    /**
     * Makes a channel that is not open yet.
     *
     * @param load what the process does now
     * @param isChosen whether this process should be the controller
     */
    public static MessageChannel<LimitMessage> of(
            Stage stage,
            String provider,
            FleetNode node,
            Supplier<FleetNode.Load> load,
            BooleanSupplier isChosen,
            StageClients clients,
            EventFormat format,
            Scheduler scheduler) {
        return new MessageChannel<>(
                stage.code() + "-limits",
                stage.consumerGroup(),
                new TopicPartition(Topics.LIMITS, Topics.limitsPartition(stage)),
                stage.code().getBytes(UTF_8),
                LimitMessage.class,
                new FleetChannel(provider, node, load, isChosen),
                clients,
                format,
                scheduler);
    }

    @Override
    public boolean readsHistory() {
        return true;
    }

    @Override
    public Duration untilDue() {
        return node.untilDue();
    }

    @Override
    public void received(LimitMessage event) {
        codec.message(event).ifPresent(node::received);
    }

    @Override
    public void caughtUp() {
        node.caughtUp();
    }

    @Override
    public List<LimitMessage> due() {
        return node.due(isChosen.getAsBoolean(), load.get()).stream()
                .map(codec::event)
                .toList();
    }

    @Override
    public List<LimitMessage> leave() {
        return List.of(codec.event(node.leave(load.get())));
    }

    @Override
    public String inTrouble() {
        return "the limit cannot be shared with other processes now, so it fades";
    }
}
