/**
 * Brings a failed record back, or gives it up. {@code AttemptHeaders} says how far it has come, {@code RetryBackoff}
 * when it is due, {@code FailedRecord} makes the retry or the dead letter. {@code RetryTimer} holds it until it is due,
 * {@code DelayedRetryReader} leaves it in the long-retry topic. {@code session} uses it; it sees {@code offsets},
 * {@code dispatch} and {@code commit}.
 */
@NullMarked
package io.pawline.stage.retry;

import org.jspecify.annotations.NullMarked;
