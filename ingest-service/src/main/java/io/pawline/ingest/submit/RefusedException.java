package io.pawline.ingest.submit;

import io.pawline.ingest.budget.TenantBudgets;
import io.pawline.ingest.pressure.Refusal;
import java.io.Serial;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says that a submission is refused. Nothing of it has been kept. */
final class RefusedException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    /** What is wrong with the submission. */
    enum Fault {
        INVALID_FIELD,
        ADDRESS_REFUSED,
        PHOTO_NOT_AN_IMAGE,
        PHOTO_TOO_LARGE,
        UPLOAD_UNUSABLE,
        KEY_REUSED,
        BACKLOG_TOO_LONG,
        BUDGET_EXCEEDED,
        DAILY_BUDGET_SPENT
    }

    private final Fault fault;
    private final @Nullable Duration retryAfter;

    /** @param detail for the client: which field, and what to do about it */
    RefusedException(Fault fault, String detail) {
        this(fault, detail, null);
    }

    RefusedException(Refusal refusal) {
        this(Fault.BACKLOG_TOO_LONG, refusal.detail(), refusal.retryAfter());
    }

    RefusedException(TenantBudgets.Refusal refusal) {
        this(
                switch (refusal) {
                    case TenantBudgets.Refusal.Exceeded _ -> Fault.BUDGET_EXCEEDED;
                    case TenantBudgets.Refusal.Waits _ -> Fault.DAILY_BUDGET_SPENT;
                },
                switch (refusal) {
                    case TenantBudgets.Refusal.Exceeded _ ->
                        "all that the tenant may spend today is spent: see GET /v1/quota";
                    case TenantBudgets.Refusal.Waits _ ->
                        "all that the tenant may spend today is spent, and the task's deadline is before the next day:"
                                + " send it again after Retry-After, or with a later deadline";
                },
                switch (refusal) {
                    case TenantBudgets.Refusal.Exceeded _ -> null;
                    case TenantBudgets.Refusal.Waits(Duration retryAfter) -> retryAfter.plusSeconds(1);
                });
    }

    private RefusedException(Fault fault, String detail, @Nullable Duration retryAfter) {
        super(Objects.requireNonNull(detail, "detail"), null, false, false);
        this.fault = Objects.requireNonNull(fault, "fault");
        this.retryAfter = retryAfter;
    }

    static RefusedException invalid(String field, String fault) {
        return new RefusedException(Fault.INVALID_FIELD, field + " " + fault);
    }

    Fault fault() {
        return fault;
    }

    /** The time after which the same submission may be accepted, in whole seconds; empty if waiting does not help. */
    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Says to the client which field is wrong, and what to do about it. */
    String detail() {
        return Objects.requireNonNull(getMessage());
    }
}
