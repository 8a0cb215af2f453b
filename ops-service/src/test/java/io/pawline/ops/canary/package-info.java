/** Holds the tests of the comparison of a new provider with the others. */
@NullMarked
package io.pawline.ops.canary;

import org.jspecify.annotations.NullMarked;
