/** What the system can do on one machine, in figures: {@code ./pawline bench}. */
@NullMarked
package io.pawline.bench;

import org.jspecify.annotations.NullMarked;
