package io.pawline.schemas;

/**
 * Names of the record headers. Numbers and instants are written as decimal text in UTF-8, so that any Kafka tool shows
 * them. A dead letter also carries Spring Kafka's {@code kafka_dlt-*} names.
 */
public final class RecordHeaders {

    /** Which try of its stage the record is for, 1 for the first; absent means 1. */
    public static final String ATTEMPT = "pawline-attempt";

    /**
     * How often the record has failed in its stage, by {@link Reason.Scope}: {@code timeout=1,provider=2}. Failures that do
     * not count against the task are not in it.
     */
    public static final String FAILURES = "pawline-failures";

    /** Epoch milliseconds before which the record is not to be tried. */
    public static final String NOT_BEFORE = "pawline-not-before";

    /** Epoch milliseconds of the stage's first failure with this record. */
    public static final String FIRST_FAILED_AT = "pawline-first-failed-at";

    /** Code of the {@link Reason} of the last failure. */
    public static final String REASON = "pawline-reason";

    /** One sentence about the last failure, for a person. */
    public static final String DETAIL = "pawline-detail";

    /** {@code bulk} on the records of tasks that may wait; absent means that somebody waits for the task. */
    public static final String PRIORITY = "pawline-priority";

    /** Which receiver a callback is for, as a name that tells nobody its address. */
    public static final String LANE = "pawline-lane";

    /** Epoch milliseconds after which no call is made for the task; on records whose stage pays for its calls. */
    public static final String DEADLINE = "pawline-deadline";

    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";

    /** The stage's try before this one, as a W3C trace context, if it was traced. */
    public static final String TRIED_BEFORE = "pawline-tried-before";

    private RecordHeaders() {}
}
