/**
 * Turns records into events and events into records, with the formats of the service. {@code ledger} and {@code
 * session} use it; it sees the values of {@code io.pawline.stage} only.
 */
@NullMarked
package io.pawline.stage.codec;

import org.jspecify.annotations.NullMarked;
