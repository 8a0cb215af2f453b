/** The client of Volcengine Ark and the meaning of its error codes. The stages detect and generate use it. */
package io.pawline.outbound.ark;
