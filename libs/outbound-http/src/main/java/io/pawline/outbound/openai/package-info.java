/** The client of the OpenAI images API, as compatible gateways speak it, and the meaning of its error codes. */
package io.pawline.outbound.openai;
