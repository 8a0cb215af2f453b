package io.pawline.outbound;

/** Says why an image could not be fetched, whosever image it is. */
public enum FetchFailure {
    /** There was no answer, or the answer was not a success. */
    UNREACHABLE,
    /** The file is not a JPEG, PNG or WebP image. */
    NOT_AN_IMAGE,
    /** The file has more bytes or pixels than allowed. */
    TOO_LARGE,
    /** The address, or one that it redirects to, must not be called. */
    ADDRESS_REFUSED
}
