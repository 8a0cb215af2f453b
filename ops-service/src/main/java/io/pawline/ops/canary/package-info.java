/** Compares a new provider with the others by what becomes of their tasks, and switches it off if it is worse. */
@NullMarked
package io.pawline.ops.canary;

import org.jspecify.annotations.NullMarked;
