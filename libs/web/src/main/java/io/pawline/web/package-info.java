/**
 * Holds what Pawline's HTTP interfaces share: problems (RFC 9457), the scopes of API keys, and the OpenAPI document. A
 * service that has this module on its class path gets all of it by {@code WebAutoConfiguration}.
 */
@NullMarked
package io.pawline.web;

import org.jspecify.annotations.NullMarked;
