package io.pawline.callback;

import io.opentelemetry.api.trace.Span;
import io.pawline.events.TaskFinished;
import io.pawline.images.ImageStore;
import io.pawline.images.ImageStoreException;
import io.pawline.outbound.AddressGuard;
import io.pawline.outbound.webhook.ReceiverReply;
import io.pawline.outbound.webhook.WebhookClient;
import io.pawline.outbound.webhook.WebhookSigner;
import io.pawline.schemas.Reason;
import io.pawline.service.TraceParent;
import io.pawline.stage.Attempt;
import io.pawline.stage.Handler;
import io.pawline.stage.Outcome;
import io.pawline.stage.OutsideCall;
import io.pawline.stage.OutsideCall.Answer;
import io.pawline.taskstore.CloseResult;
import io.pawline.taskstore.DatabaseUnavailableException;
import io.pawline.taskstore.FinalState;
import io.pawline.taskstore.Task;
import io.pawline.taskstore.TaskDao;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/**
 * Closes the task's row, notifies the front end of the final state in the row, and then writes the delivery to the row.
 * A crash in between repeats the callback under the same {@code webhook-id}. No callback says what the row does not
 * say.
 */
final class CallbackHandler implements Handler<TaskFinished> {

    private final TaskDao tasks;
    private final ImageStore images;
    private final TenantSigners signers;
    private final WebhookClient webhooks;
    private final AttemptRecorder attempts;
    private final Clock clock;

    CallbackHandler(
            TaskDao tasks,
            ImageStore images,
            TenantSigners signers,
            WebhookClient webhooks,
            AttemptRecorder attempts,
            Clock clock) {
        this.tasks = tasks;
        this.images = images;
        this.signers = signers;
        this.webhooks = webhooks;
        this.attempts = attempts;
        this.clock = clock;
    }

    @Override
    public Outcome handle(TaskFinished event, Attempt attempt) throws InterruptedException {
        try {
            return closeAndNotify(event, attempt);
        } catch (DatabaseUnavailableException e) {
            return Outcome.failed(Reason.DATABASE_UNAVAILABLE, Reason.DATABASE_UNAVAILABLE.description());
        } catch (ImageStoreException e) {
            return Outcome.failed(Reason.STORAGE_UNAVAILABLE, "The addresses of the pictures cannot be made.");
        }
    }

    private Outcome closeAndNotify(TaskFinished event, Attempt attempt) throws InterruptedException {
        int generation = event.getContext().getGeneration();
        Optional<Task> row =
                tasks.close(attempt.taskId(), generation, FinalStates.of(event)).map(CloseResult::task);
        if (row.isEmpty()) {
            return new Outcome.Rejected(
                    Reason.UNCLASSIFIED, "The task database has no task with this id. It was not accepted here.");
        }
        Task task = row.get();
        Optional<URI> callback = task.submission().callbackUrl();
        Optional<FinalState> finalState = task.finalState();
        boolean superseded = generation != TaskDao.CURRENT_GENERATION && generation < task.generation();
        if (superseded
                || callback.isEmpty()
                || finalState.isEmpty()
                || !task.delivery().owed()) {
            return Outcome.done();
        }
        return send(task, finalState.get(), callback.get(), attempt);
    }

    private Outcome send(Task task, FinalState finalState, URI callback, Attempt attempt) throws InterruptedException {
        String webhookId = "msg_%s_%d".formatted(task.id(), task.generation());
        String tenant = task.submission().tenant();
        WebhookSigner signer = signers.of(tenant);
        byte[] body = FinalStateBody.of(task, finalState, images).json();
        OutsideCall<ReceiverReply> call = () -> ScopedValue.where(AddressGuard.TENANT, tenant)
                .<Answer<ReceiverReply>, InterruptedException>call(() -> post(callback, signer, webhookId, body));
        return switch (attempt.call(() -> attempts.recorded(task, attempt, call))) {
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

    /** Sends it within the task's trace, so that the receiver's work is part of it. */
    private Answer<ReceiverReply> post(URI callback, WebhookSigner signer, String webhookId, byte[] body)
            throws InterruptedException {
        WebhookClient.Posted posted = webhooks.post(callback, signer, webhookId, body, TraceParent.of(Span.current()));
        return new Answer<>(posted.reply(), posted.report());
    }
}
