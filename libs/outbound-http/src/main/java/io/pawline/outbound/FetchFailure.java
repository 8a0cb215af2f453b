package io.pawline.outbound;

/** Why an image could not be fetched, neutral as to whose image it is. */
public enum FetchFailure {
    /** No answer, or one other than success. */
    UNREACHABLE,
    /** What is there is no JPEG, PNG or WebP. */
    NOT_AN_IMAGE,
    /** More bytes or more pixels than allowed. */
    TOO_LARGE,
    /** The address, or one that it redirects to, is not one to be called. */
    ADDRESS_REFUSED
}
