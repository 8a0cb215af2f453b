/** The API and the console; every error is a problem (RFC 9457). */
@NullMarked
package io.pawline.ops.http;

import org.jspecify.annotations.NullMarked;
