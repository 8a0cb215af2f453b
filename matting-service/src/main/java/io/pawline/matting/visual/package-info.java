/**
 * The client of Volcengine's visual API: signature, request, and the meaning of answers and error codes. The matting
 * stage uses it, and it knows nothing of the stage.
 */
package io.pawline.matting.visual;
