package io.pawline.schemas;

/**
 * Lists the names of the record headers. Numbers and instants are written as decimal text in UTF-8, so that any Kafka
 * tool shows them. A dead letter also carries Spring Kafka's {@code kafka_dlt-*} names.
 */
public final class RecordHeaders {

    /** The number of the attempt that the record is for. 1 is the first; absent means 1. */
    public static final String ATTEMPT = "pawline-attempt";

    /**
     * The failures of the record in its stage, by {@link Reason.Scope}: {@code timeout=1,provider=2}. Failures that do
     * not count against the task are not in it.
     */
    public static final String FAILURES = "pawline-failures";

    /** The moment before which the record is not tried, in epoch milliseconds. */
    public static final String NOT_BEFORE = "pawline-not-before";

    /** The moment of the stage's first failure with this record, in epoch milliseconds. */
    public static final String FIRST_FAILED_AT = "pawline-first-failed-at";

    /** The code of the {@link Reason} of the last failure. */
    public static final String REASON = "pawline-reason";

    /** One sentence about the last failure, for a person. */
    public static final String DETAIL = "pawline-detail";

    /** The priority: {@code bulk} for a task that may wait. Absent means that somebody waits for the task. */
    public static final String PRIORITY = "pawline-priority";

    /** The name of the tenant whose task it is. */
    public static final String TENANT = "pawline-tenant";

    /**
     * The receiver of a callback, or the host that a photo has to be fetched from, under a name that does not reveal its
     * address.
     */
    public static final String LANE = "pawline-lane";

    /** The moment after which no call is made for the task, in epoch milliseconds. Only paid stages have it. */
    public static final String DEADLINE = "pawline-deadline";

    /** The W3C trace context. */
    public static final String TRACEPARENT = "traceparent";

    /** The stage's attempt before this one, as a W3C trace context, if it was traced. */
    public static final String TRIED_BEFORE = "pawline-tried-before";

    private RecordHeaders() {}
}
