/** The report of a period. */
@NullMarked
package io.pawline.ops.report;

import org.jspecify.annotations.NullMarked;
