/** The API as HTTP and JSON; every error is a problem (RFC 9457). */
@NullMarked
package io.pawline.ingest.http;

import org.jspecify.annotations.NullMarked;
