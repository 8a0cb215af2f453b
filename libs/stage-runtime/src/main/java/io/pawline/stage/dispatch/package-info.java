/**
 * Decides which record begins next, and starts its thread. {@code Dispatcher} takes permits, {@code FairQueue} and
 * {@code ReceiverQueues} are the two forms of a {@code ReadyQueue}. {@code Preparer} has records prepared before they
 * wait for permits. {@code retry} and {@code session} use it; it sees {@code offsets}, {@code provider} and {@code
 * metrics}.
 */
@NullMarked
package io.pawline.stage.dispatch;

import org.jspecify.annotations.NullMarked;
