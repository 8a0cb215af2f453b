/** The audit of what people do to dead letters, and the requests that need an entry in it. */
@NullMarked
package io.pawline.ops.audit;

import org.jspecify.annotations.NullMarked;
