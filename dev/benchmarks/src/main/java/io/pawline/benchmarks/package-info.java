/** What the system can do on one machine, in figures: {@code ./pawline bench}. */
@NullMarked
package io.pawline.benchmarks;

import org.jspecify.annotations.NullMarked;
