/**
 * The client of Volcengine Ark and the meaning of its error codes. The stages detect and generate use it. Other APIs of the
 * same form share {@link io.pawline.outbound.ark.ModelApi}.
 */
package io.pawline.outbound.ark;
