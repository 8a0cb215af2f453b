/** The timeline of one task: all that the tables know of it, oldest first. */
@NullMarked
package io.pawline.ops.timeline;

import org.jspecify.annotations.NullMarked;
