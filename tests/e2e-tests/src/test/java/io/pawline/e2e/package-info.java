/** The system as a whole: what no module can say of itself. */
@NullMarked
package io.pawline.e2e;

import org.jspecify.annotations.NullMarked;
