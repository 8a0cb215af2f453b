/**
 * Records every outside call. {@code RecordedCalls} makes the calls of one attempt, {@code Ledger} writes them to
 * {@code pawline.attempts}, and {@code EndedEarly} says why a task ends before its call. {@code commit} and {@code
 * session} use it; it sees {@code codec}, {@code provider} and {@code budget}.
 */
@NullMarked
package io.pawline.stage.ledger;

import org.jspecify.annotations.NullMarked;
