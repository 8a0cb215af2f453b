/**
 * The client of Volcengine's visual API: signature, request, and the meaning of answers and error codes. The matting
 * stage and the operator's check use it.
 */
package io.pawline.outbound.visual;
