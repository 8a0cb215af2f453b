/** What the controllers of all features share: parameters, and problems (RFC 9457). It knows no feature. */
@NullMarked
package io.pawline.ops.http;

import org.jspecify.annotations.NullMarked;
