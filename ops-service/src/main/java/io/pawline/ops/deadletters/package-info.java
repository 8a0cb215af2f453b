/** Dead letters: this package indexes them, shows them, and keeps what people change in them. */
@NullMarked
package io.pawline.ops.deadletters;

import org.jspecify.annotations.NullMarked;
