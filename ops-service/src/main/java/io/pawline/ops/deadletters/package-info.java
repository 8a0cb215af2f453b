/** The index of the dead letters, and what is asked of it. */
@NullMarked
package io.pawline.ops.deadletters;

import org.jspecify.annotations.NullMarked;
