/** Tests of the system as a whole, of its documents and of its architecture: what no module can test alone. */
@NullMarked
package io.pawline.e2e;

import org.jspecify.annotations.NullMarked;
