/**
 * The clients of matting providers: Volcengine's visual API with its signature and error codes, and services that speak
 * {@code pawline-matting}. The matting stage and the operator's check use it.
 */
package io.pawline.outbound.visual;
