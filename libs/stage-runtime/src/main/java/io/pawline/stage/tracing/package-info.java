/**
 * Makes the spans of a stage: one for each attempt, and within it one for each call. {@code session} uses it; it sees
 * {@code commit}, whose records go on in the trace.
 */
@NullMarked
package io.pawline.stage.tracing;

import org.jspecify.annotations.NullMarked;
