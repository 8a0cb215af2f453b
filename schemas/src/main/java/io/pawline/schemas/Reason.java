package io.pawline.schemas;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a task did not go on. The one list of failure classes: its {@linkplain #code() code} is metric tag, dead-letter
 * header, callback field, database column and row of the documentation, and never changes once released.
 */
public enum Reason {
    NO_PET(1001, Kind.PERMANENT, Scope.TASK, "The vision model saw no pet in the photo."),
    PHOTO_UNREACHABLE(1002, Kind.TRANSIENT, Scope.TASK, "The photo could not be fetched from its address."),
    PHOTO_NOT_AN_IMAGE(
            1003,
            Kind.PERMANENT,
            Scope.TASK,
            "What the photo's address or the upload holds is no JPEG, PNG or WebP image."),
    PHOTO_TOO_LARGE(1004, Kind.PERMANENT, Scope.TASK, "The photo has more bytes or pixels than allowed."),
    ADDRESS_REFUSED(1005, Kind.PERMANENT, Scope.TASK, "An address is not public http(s), so it is not called."),

    MODERATED_PROMPT(1101, Kind.PERMANENT, Scope.TASK, "A provider refused the text as sensitive."),
    MODERATED_PHOTO(1102, Kind.PERMANENT, Scope.TASK, "A provider refused the picture it was given as sensitive."),
    MODERATED_IMAGE(
            1103, Kind.PERMANENT, Scope.TASK, "A provider refused to hand out the picture it made, as sensitive."),
    MODERATION_UNCERTAIN(
            1104,
            Kind.TRANSIENT,
            Scope.ANSWER,
            "A provider's content check failed in a way that another try may pass."),

    CONNECT_TIMEOUT(2001, Kind.TRANSIENT, Scope.TIMEOUT, "No connection within the time allowed; nothing was sent."),
    READ_TIMEOUT(
            2002,
            Kind.TRANSIENT,
            Scope.TIMEOUT,
            "The request was sent, but no whole answer came within the time allowed."),
    CONNECTION_FAILED(
            2003,
            Kind.TRANSIENT,
            Scope.PROVIDER,
            "The connection could not be made (refused, no route, unknown host, TLS)."),
    CONNECTION_LOST(2004, Kind.TRANSIENT, Scope.PROVIDER, "The connection broke after it was made."),
    RATE_LIMITED(2005, Kind.TRANSIENT, Scope.OVERLOAD, "The provider counts too many requests in its window."),
    OVERLOADED(2006, Kind.TRANSIENT, Scope.OVERLOAD, "The provider has more work under way than it can take."),
    QUOTA_EXHAUSTED(
            2007,
            Kind.TRANSIENT,
            Scope.ACCOUNT,
            "The account's quota at the provider is used up; an operator is needed."),
    PROVIDER_ERROR(2008, Kind.TRANSIENT, Scope.PROVIDER, "The provider failed by its own account (5xx)."),
    MALFORMED_ANSWER(2009, Kind.TRANSIENT, Scope.PROVIDER, "The provider's answer could not be understood."),
    INVALID_REQUEST(2010, Kind.PERMANENT, Scope.TASK, "The provider refused the request as invalid."),
    AUTHENTICATION(
            2011,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider refused the key, its rights or the signature; an operator is needed."),
    BILLING(
            2012,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The account at the provider is overdue or suspended; an operator is needed."),
    CONFIGURATION(
            2013,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider does not know the configured model, endpoint or parameter."),
    CLOCK_SKEW(
            2014,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider refused the signature's time: this machine's clock is off."),
    INCONSISTENT_RESULT(
            2015,
            Kind.TRANSIENT,
            Scope.ANSWER,
            "The result is not plausible: not decodable, wrong size, or alpha empty or full."),
    RESULT_UNREACHABLE(
            2016,
            Kind.TRANSIENT,
            Scope.PROVIDER,
            "The provider's result could not be fetched from the address it gave."),

    CALLBACK_REFUSED(3001, Kind.TRANSIENT, Scope.PROVIDER, "The callback's receiver answered with an error."),
    CALLBACK_GONE(3002, Kind.PERMANENT, Scope.TASK, "The callback's receiver answered 410: it wants no more."),

    DEADLINE_PASSED(4001, Kind.PERMANENT, Scope.TASK, "The task's deadline passed before it was done."),
    CANCELLED(4002, Kind.PERMANENT, Scope.TASK, "The front end cancelled the task."),
    UNDECODABLE(4003, Kind.PERMANENT, Scope.TASK, "The record's bytes are no event of the stage's type."),
    STORAGE_UNAVAILABLE(4004, Kind.TRANSIENT, Scope.PAWLINE, "The image store could not be read or written."),
    DATABASE_UNAVAILABLE(4005, Kind.TRANSIENT, Scope.PAWLINE, "The task database could not be read or written."),
    UNCLASSIFIED(4999, Kind.TRANSIENT, Scope.TASK, "None of the above: a fault in Pawline itself, to be looked at.");

    /** Whether another attempt may help. */
    public enum Kind {
        /** The same call may succeed later. */
        TRANSIENT,
        /** The same call will fail the same way. */
        PERMANENT
    }

    /** What a failure tells about more than its own task. It decides who is spared: the task, or the provider. */
    public enum Scope {
        /** Nothing: the next task will fare differently. */
        TASK,
        /** The provider works, but this answer is of no use; another may be better. */
        ANSWER,
        /** The provider has too much to do. No fault of the task, however often. */
        OVERLOAD,
        /** No answer in time: too much to do, or broken; what was asked for may have been done. */
        TIMEOUT,
        /** The other side, or the way to it, is broken. */
        PROVIDER,
        /** The account's key, quota, bill or set-up: every call will fail until an operator sees to it. */
        ACCOUNT,
        /** Something of Pawline's own is out of reach. */
        PAWLINE
    }

    private final int number;
    private final Kind kind;
    private final Scope scope;
    private final String description;

    Reason(int number, Kind kind, Scope scope, String description) {
        this.number = number;
        this.kind = kind;
        this.scope = scope;
        this.description = description;
    }

    /** The stable name, in lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The stable number that a callback carries as its {@code code}; never 0, which is success. */
    public int number() {
        return number;
    }

    public Kind kind() {
        return kind;
    }

    public Scope scope() {
        return scope;
    }

    /** One sentence for a person. */
    public String description() {
        return description;
    }

    /** The reason of this code, if there is one. */
    public static Optional<Reason> ofCode(String code) {
        return Arrays.stream(values())
                .filter(reason -> reason.code().equals(code))
                .findFirst();
    }
}
