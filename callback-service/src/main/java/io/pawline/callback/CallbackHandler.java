package io.pawline.callback;

import io.pawline.events.TaskFinished;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.schemas.Reason;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/**
 * Closes the task's row, then tells the front end what the row says, then notes that it was told. So a crash in between
 * tells it again under the same {@code webhook-id}, and never tells what the row does not say.
 */
final class CallbackHandler implements Handler<TaskFinished> {

    private final TaskDao tasks;
    private final ImageStore images;
    private final WebhookClient webhooks;
    private final Clock clock;

    CallbackHandler(TaskDao tasks, ImageStore images, WebhookClient webhooks, Clock clock) {
        this.tasks = tasks;
        this.images = images;
        this.webhooks = webhooks;
        this.clock = clock;
    }

    @Override
    public Outcome handle(TaskFinished event, Attempt attempt) throws InterruptedException {
        try {
            return closeAndTell(event, attempt);
        } catch (DatabaseUnavailableException e) {
            return Outcome.failed(Reason.DATABASE_UNAVAILABLE, Reason.DATABASE_UNAVAILABLE.description());
        } catch (ImageStoreException e) {
            return Outcome.failed(Reason.STORAGE_UNAVAILABLE, "The pictures' addresses cannot be made.");
        }
    }

    private Outcome closeAndTell(TaskFinished event, Attempt attempt) throws InterruptedException {
        int generation = event.getContext().getGeneration();
        Optional<Task> row =
                tasks.close(attempt.taskId(), generation, FinalStates.of(event)).map(CloseResult::task);
        if (row.isEmpty()) {
            return new Outcome.Rejected(
                    Reason.UNCLASSIFIED, "The task database has no task of this id: it was not accepted here.");
        }
        Task task = row.get();
        Optional<URI> callback = task.submission().callbackUrl();
        Optional<FinalState> ending = task.finalState();
        boolean superseded = generation != TaskDao.CURRENT_GENERATION && generation < task.generation();
        if (superseded
                || callback.isEmpty()
                || ending.isEmpty()
                || !task.delivery().owed()) {
            return Outcome.done();
        }
        return tell(task, ending.get(), callback.get(), attempt);
    }

    private Outcome tell(Task task, FinalState finalState, URI callback, Attempt attempt) throws InterruptedException {
        String webhookId = "msg_%s_%d".formatted(task.id(), task.generation());
        String tenant = task.submission().tenant();
        byte[] body = CallbackBody.of(task, finalState, images).json();
        return switch (attempt.call(() -> webhooks.post(callback, tenant, webhookId, body))) {
            case ReceiverReply.Taken() -> {
                tasks.markDelivered(task.id(), task.generation(), clock.instant());
                yield Outcome.done();
            }
            case ReceiverReply.Refused refused -> {
                tasks.recordDeliveryFailure(
                        task.id(), task.generation(), clock.instant(), refused.reason(), refused.detail());
                yield Outcome.failed(refused.reason(), refused.detail(), refused.notBeforeIfAny());
            }
        };
    }
}
