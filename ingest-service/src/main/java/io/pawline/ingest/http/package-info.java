/**
 * Holds what all features share of HTTP: problems (RFC 9457), the parameters of lists, and the limits of the web
 * server. Knows no feature.
 */
@NullMarked
package io.pawline.ingest.http;

import org.jspecify.annotations.NullMarked;
