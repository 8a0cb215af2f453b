/**
 * Lists the final states that their receivers have not taken, and has a callback sent again.
 * The sending itself is the work of callback-service.
 */
@NullMarked
package io.pawline.ingest.callbacks;

import org.jspecify.annotations.NullMarked;
