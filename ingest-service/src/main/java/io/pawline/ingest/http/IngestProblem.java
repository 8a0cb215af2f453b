package io.pawline.ingest.http;

import io.pawline.web.ProblemType;
import org.springframework.http.HttpStatus;

/**
 * Names what can be wrong with a request to the front end's interface, besides the
 * {@link io.pawline.web.CommonProblem}s.
 */
public enum IngestProblem implements ProblemType {
    QUOTA_EXCEEDED(HttpStatus.TOO_MANY_REQUESTS, "The key's quota is used up"),
    BUDGET_EXCEEDED(HttpStatus.PAYMENT_REQUIRED, "The tenant's money is spent"),
    DAILY_BUDGET_SPENT(HttpStatus.TOO_MANY_REQUESTS, "The tenant's money of the day is spent"),
    ADDRESS_REFUSED(HttpStatus.UNPROCESSABLE_CONTENT, "An address in the request is not one that is called"),
    PHOTO_NOT_AN_IMAGE(HttpStatus.UNPROCESSABLE_CONTENT, "The photo is no image"),
    PHOTO_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The photo is too large"),
    TASK_FINISHED(HttpStatus.CONFLICT, "The task has ended"),
    TASK_NOT_FINISHED(HttpStatus.CONFLICT, "The task has not ended yet"),
    NO_CALLBACK(HttpStatus.CONFLICT, "The task has nobody to be told"),
    NO_MASTER_SECRET(HttpStatus.CONFLICT, "Tenants have no webhook secret of their own"),
    WEBHOOK_SECRET_ROTATING(HttpStatus.CONFLICT, "Two webhook secrets are live already"),
    TOO_MANY_TEST_DELIVERIES(HttpStatus.TOO_MANY_REQUESTS, "The tenant has had its test deliveries"),
    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "The key belongs to another request"),
    BACKLOG_TOO_LONG(HttpStatus.TOO_MANY_REQUESTS, "Too many tasks wait already"),
    BATCH_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such batch"),
    IMAGE_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such image"),
    IMAGE_ADDRESS_EXPIRED(HttpStatus.GONE, "The address of the image has expired"),
    UPLOAD_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such upload"),
    UPLOAD_CLOSED(HttpStatus.GONE, "The upload takes nothing more"),
    UPLOAD_UNDER_WAY(HttpStatus.CONFLICT, "The photo of the upload is on its way already"),
    UPLOAD_UNUSABLE(HttpStatus.UNPROCESSABLE_CONTENT, "The upload has no photo for the task"),
    TOO_MANY_PENDING_UPLOADS(HttpStatus.TOO_MANY_REQUESTS, "Too many uploads wait for their tasks"),
    RANGE_NOT_SATISFIABLE(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "The picture has no such range"),
    TOO_MANY_UPLOADS(HttpStatus.SERVICE_UNAVAILABLE, "As many uploads are under way as may"),
    TOO_MANY_WAITS(HttpStatus.SERVICE_UNAVAILABLE, "As many requests wait as may"),
    IMAGE_STORE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The image store cannot be reached");

    private final HttpStatus status;
    private final String title;

    IngestProblem(HttpStatus status, String title) {
        this.status = status;
        this.title = title;
    }

    @Override
    public HttpStatus status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }
}
