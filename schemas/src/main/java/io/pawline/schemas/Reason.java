package io.pawline.schemas;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Lists the classes of failures. The {@linkplain #code() code} is the same in metrics, the headers of dead letters,
 * callbacks, the database and the documentation. It never changes once it is released.
 */
public enum Reason {
    NO_PET(1001, Kind.PERMANENT, Scope.TASK, "The vision model saw no pet in the photo."),
    PHOTO_UNREACHABLE(1002, Kind.TRANSIENT, Scope.TASK, "The photo could not be fetched from its address."),
    PHOTO_NOT_AN_IMAGE(1003, Kind.PERMANENT, Scope.TASK, "The photo is damaged, too small, or of no accepted format."),
    PHOTO_TOO_LARGE(1004, Kind.PERMANENT, Scope.TASK, "The photo has more bytes or pixels than allowed."),
    ADDRESS_REFUSED(
            1005,
            Kind.PERMANENT,
            Scope.TASK,
            "The address is not a public http or https address, so it is not called."),

    MODERATED_PROMPT(1101, Kind.PERMANENT, Scope.TASK, "A provider refused the text because it is sensitive."),
    MODERATED_PHOTO(
            1102,
            Kind.PERMANENT,
            Scope.TASK,
            "A provider refused the picture that it received because it is sensitive."),
    MODERATED_IMAGE(
            1103,
            Kind.PERMANENT,
            Scope.TASK,
            "A provider made a picture and refused to return it because it is sensitive."),
    MODERATION_UNCERTAIN(
            1104,
            Kind.TRANSIENT,
            Scope.ANSWER,
            "The content check of a provider refused the picture made, and another attempt may pass it."),
    MODERATION_UNAVAILABLE(
            1105,
            Kind.TRANSIENT,
            Scope.PROVIDER,
            "The content check of a provider failed itself. It said nothing about the content."),

    CONNECT_TIMEOUT(
            2001, Kind.TRANSIENT, Scope.TIMEOUT, "There was no connection within the time limit. Nothing was sent."),
    READ_TIMEOUT(
            2002,
            Kind.TRANSIENT,
            Scope.TIMEOUT,
            "The request was sent, but there was no complete answer within the time limit."),
    CONNECTION_FAILED(
            2003,
            Kind.TRANSIENT,
            Scope.PROVIDER,
            "No connection could be made (refused, no route, unknown host, TLS)."),
    CONNECTION_LOST(2004, Kind.TRANSIENT, Scope.PROVIDER, "The connection broke after it was made."),
    RATE_LIMITED(
            2005, Kind.TRANSIENT, Scope.OVERLOAD, "The provider received more requests than its rate limit allows."),
    OVERLOADED(2006, Kind.TRANSIENT, Scope.OVERLOAD, "The provider has more work than it can handle."),
    QUOTA_EXHAUSTED(
            2007,
            Kind.TRANSIENT,
            Scope.ACCOUNT,
            "The account has used up its quota at the provider. An operator has to act.",
            Texts.NO_CAPACITY),
    PROVIDER_ERROR(2008, Kind.TRANSIENT, Scope.PROVIDER, "The provider reported a failure of its own (5xx)."),
    MALFORMED_ANSWER(2009, Kind.TRANSIENT, Scope.PROVIDER, "The answer of the provider could not be understood."),
    INVALID_REQUEST(
            2010,
            Kind.PERMANENT,
            Scope.TASK,
            "The provider refused the request as invalid.",
            "The photo or the style is not one that can be worked on."),
    AUTHENTICATION(
            2011,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider refused the key, its rights or the signature. An operator has to act.",
            Texts.SET_UP),
    BILLING(
            2012,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The account at the provider is overdue or suspended. An operator has to act.",
            Texts.SET_UP),
    CONFIGURATION(
            2013,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider refuses the configured model, endpoint or parameter. An operator has to act.",
            Texts.SET_UP),
    CLOCK_SKEW(
            2014,
            Kind.PERMANENT,
            Scope.ACCOUNT,
            "The provider refused the time in the signature. The clock of this machine is wrong.",
            Texts.SET_UP),
    INCONSISTENT_RESULT(
            2015,
            Kind.TRANSIENT,
            Scope.ANSWER,
            "The result is not plausible: it cannot be decoded, or its size or its visible part is wrong."),
    RESULT_UNREACHABLE(
            2016,
            Kind.TRANSIENT,
            Scope.PROVIDER,
            "The result could not be fetched from the address that the provider gave."),
    SUPERSEDED(
            2017,
            Kind.TRANSIENT,
            Scope.TASK,
            "A second call for the same task answered first, so this call was cut. No task ends with this reason."),

    CALLBACK_REFUSED(3001, Kind.TRANSIENT, Scope.PROVIDER, "The receiver of the callback answered with an error."),
    CALLBACK_GONE(
            3002, Kind.PERMANENT, Scope.TASK, "The receiver of the callback answered 410 and wants no more callbacks."),

    DEADLINE_PASSED(4001, Kind.PERMANENT, Scope.TASK, "The deadline passed before the task was done."),
    CANCELLED(4002, Kind.PERMANENT, Scope.TASK, "The front end cancelled the task."),
    UNDECODABLE(4003, Kind.PERMANENT, Scope.TASK, "The bytes of the record are not an event that the stage can read."),
    STORAGE_UNAVAILABLE(4004, Kind.TRANSIENT, Scope.PAWLINE, "The image store could not be read or written."),
    DATABASE_UNAVAILABLE(4005, Kind.TRANSIENT, Scope.PAWLINE, "The task database could not be read or written."),
    LOST(4006, Kind.PERMANENT, Scope.TASK, "The work on the task was lost. No stage and no topic has it any more."),
    BUDGET_EXCEEDED(
            4007,
            Kind.TRANSIENT,
            Scope.PAWLINE,
            "The money that the tenant may spend in a day, or on a task, is spent."),
    UNCLASSIFIED(
            4999,
            Kind.TRANSIENT,
            Scope.TASK,
            "No other reason fits. It is probably a fault in Pawline, and somebody should look at it.");

    /** Says whether another attempt may help. */
    public enum Kind {
        /** The same call may succeed later. */
        TRANSIENT,
        /** The same call will fail the same way. */
        PERMANENT
    }

    /** Says what a failure means for more than its own task. It decides whether the task or the provider is spared. */
    public enum Scope {
        /** The failure says nothing about other tasks. The next task may succeed. */
        TASK,
        /** The provider works, but this answer is useless. Another one may be better. */
        ANSWER,
        /** The provider has too much work. That is not the fault of the task, however often it happens. */
        OVERLOAD,
        /** The provider did not answer in time. It has too much work or is broken, and it may have done the work. */
        TIMEOUT,
        /** The other side, or the connection to it, is broken. */
        PROVIDER,
        /** The key, quota, bill or set-up of the account is wrong. Every call fails until an operator acts. */
        ACCOUNT,
        /** A part of Pawline itself is out of reach. */
        PAWLINE
    }

    /** Holds what a front end reads of failures that are the operator's affair. */
    private static final class Texts {
        private static final String SET_UP = "Pawline cannot use a service behind it. Its operator has to act.";
        private static final String NO_CAPACITY =
                "A service behind Pawline takes no more work for now. Submit the task again later.";
    }

    private final int number;
    private final Kind kind;
    private final Scope scope;
    private final String description;
    private final String message;

    Reason(int number, Kind kind, Scope scope, String description) {
        this(number, kind, scope, description, description);
    }

    Reason(int number, Kind kind, Scope scope, String description, String message) {
        this.number = number;
        this.kind = kind;
        this.scope = scope;
        this.description = description;
        this.message = message;
    }

    /** The stable name, in lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The stable number that a callback carries as its {@code code}. It is never 0, which means success. */
    public int number() {
        return number;
    }

    public Kind kind() {
        return kind;
    }

    public Scope scope() {
        return scope;
    }

    /** One or two sentences for an operator. */
    public String description() {
        return description;
    }

    /** One or two sentences for the front end. They say nothing of the operator's accounts. */
    public String message() {
        return message;
    }

    /**
     * Whether the details of a failure are about the photo that the front end gave, and of nobody else. Only then may it
     * read them. The details of all other reasons may quote a provider.
     */
    public boolean detailsAreOfThePhoto() {
        return switch (this) {
            case PHOTO_UNREACHABLE, PHOTO_NOT_AN_IMAGE, PHOTO_TOO_LARGE -> true;
            default -> false;
        };
    }

    /** The reason of this code, if there is one. */
    public static Optional<Reason> ofCode(String code) {
        return Arrays.stream(values())
                .filter(reason -> reason.code().equals(code))
                .findFirst();
    }
}
