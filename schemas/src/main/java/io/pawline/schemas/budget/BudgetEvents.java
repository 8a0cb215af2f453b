package io.pawline.schemas.budget;

import io.pawline.events.BudgetAnswerPart;
import io.pawline.events.BudgetAskPart;
import io.pawline.events.BudgetGrant;
import io.pawline.events.BudgetMessage;
import io.pawline.events.BudgetNeed;
import io.pawline.schemas.TaskId;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns messages about money into events and back. */
public final class BudgetEvents {

    private BudgetEvents() {}

    public static BudgetMessage of(BudgetAsk ask) {
        return BudgetMessage.newBuilder()
                .setLife(ask.life())
                .setNumber(ask.number())
                .setAsk(BudgetAskPart.newBuilder()
                        .setInstance(ask.instance())
                        .setNeeds(ask.needs().stream().map(BudgetEvents::of).toList())
                        .build())
                .build();
    }

    public static BudgetMessage of(BudgetAnswer answer) {
        return BudgetMessage.newBuilder()
                .setLife(answer.life())
                .setNumber(answer.number())
                .setAnswer(BudgetAnswerPart.newBuilder()
                        .setClosed(answer.closed())
                        .setGrants(
                                answer.grants().stream().map(BudgetEvents::of).toList())
                        .build())
                .build();
    }

    /**
     * Returns the ask in an event; empty if it has none.
     *
     * @throws IllegalArgumentException if a date or an id in it is none
     */
    public static Optional<BudgetAsk> ask(BudgetMessage event) {
        return event.getAsk()
                .map(said -> new BudgetAsk(
                        event.getLife(),
                        event.getNumber(),
                        said.getInstance(),
                        said.getNeeds().stream().map(BudgetEvents::need).toList()));
    }

    /**
     * Returns the answer in an event; empty if it has none.
     *
     * @throws IllegalArgumentException if a date or an id in it is none
     */
    public static Optional<BudgetAnswer> answer(BudgetMessage event) {
        return event.getAnswer()
                .map(said -> new BudgetAnswer(
                        event.getLife(),
                        event.getNumber(),
                        said.getClosed(),
                        said.getGrants().stream().map(BudgetEvents::grant).toList()));
    }

    private static BudgetNeed of(BudgetAsk.Need need) {
        return BudgetNeed.newBuilder()
                .setTenant(need.account().tenant())
                .setTask(task(need.account()))
                .setDay(need.day().map(LocalDate::toString).orElse(""))
                .setLease(need.lease())
                .setVersion(need.version())
                .setCeiling(need.ceiling())
                .setSpent(need.spent())
                .setWanted(need.wanted())
                .setCall(need.call())
                .build();
    }

    private static BudgetAsk.Need need(BudgetNeed said) {
        return new BudgetAsk.Need(
                account(said.getTenant(), said.getTask()),
                day(said.getDay()),
                said.getLease(),
                said.getVersion(),
                said.getCeiling(),
                said.getSpent(),
                said.getWanted(),
                said.getCall());
    }

    private static BudgetGrant of(BudgetAnswer.Grant grant) {
        return BudgetGrant.newBuilder()
                .setTenant(grant.account().tenant())
                .setTask(task(grant.account()))
                .setDay(grant.day().map(LocalDate::toString).orElse(""))
                .setLease(grant.lease())
                .setVersion(grant.version())
                .setGranted(grant.granted())
                .setExhausted(grant.exhausted())
                .setOver(grant.over())
                .setSecondsLeft(grant.left().toSeconds())
                .build();
    }

    private static BudgetAnswer.Grant grant(BudgetGrant said) {
        return new BudgetAnswer.Grant(
                account(said.getTenant(), said.getTask()),
                day(said.getDay()),
                said.getLease(),
                said.getVersion(),
                said.getGranted(),
                said.getExhausted(),
                said.getOver(),
                Duration.ofSeconds(said.getSecondsLeft()));
    }

    private static @Nullable String task(BudgetAccount account) {
        return account.task().map(TaskId::toString).orElse(null);
    }

    private static BudgetAccount account(String tenant, Optional<String> task) {
        return new BudgetAccount(tenant, task.map(TaskId::parse));
    }

    private static Optional<LocalDate> day(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException foreign) {
            throw new IllegalArgumentException("no date: " + text, foreign);
        }
    }
}
