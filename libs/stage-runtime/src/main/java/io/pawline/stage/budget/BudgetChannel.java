package io.pawline.stage.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pawline.events.BudgetMessage;
import io.pawline.schemas.Stage;
import io.pawline.schemas.Topics;
import io.pawline.schemas.budget.BudgetEvents;
import io.pawline.service.EventFormat;
import io.pawline.stage.Scheduler;
import io.pawline.stage.StageClients;
import io.pawline.stage.channel.MessageChannel;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Carries the asks of a process for money, and the answers, through the budget topic. While Kafka does not answer, the
 * process has the money that it has. What is left is given back when the channel stops. For one thread.
 */
public final class BudgetChannel implements MessageChannel.Endpoint<BudgetMessage> {

    private static final Duration POLL = Duration.ofMillis(25);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.BUDGET, 0);

    private final BudgetLeases leases;

    private BudgetChannel(BudgetLeases leases) {
        this.leases = leases;
    }

    /** Makes a channel that is not open yet. */
    public static MessageChannel<BudgetMessage> of(
            Stage stage, BudgetLeases leases, StageClients clients, EventFormat format, Scheduler scheduler) {
        return new MessageChannel<>(
                stage.code() + "-budget",
                stage.consumerGroup() + ".budget",
                PARTITION,
                clients.instanceId().getBytes(UTF_8),
                BudgetMessage.class,
                new BudgetChannel(leases),
                clients,
                format,
                scheduler);
    }

    /** Nobody has answered this reader yet. */
    @Override
    public boolean readsHistory() {
        return false;
    }

    @Override
    public Duration untilDue() {
        return POLL;
    }

    @Override
    public void received(BudgetMessage event) {
        BudgetEvents.answer(event).ifPresent(leases::received);
    }

    @Override
    public void caughtUp() {
        // An answer counts on its own
    }

    @Override
    public List<BudgetMessage> due() {
        return leases.due().map(BudgetEvents::of).stream().toList();
    }

    @Override
    public List<BudgetMessage> leave() {
        return leases.leave().map(BudgetEvents::of).stream().toList();
    }

    @Override
    public String inTrouble() {
        return "no more money can be asked for now, so calls may wait for it";
    }
}
