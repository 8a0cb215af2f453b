/**
 * The first stage: it asks a vision model whether there is a pet in the photo, and for its description. {@code
 * detect-service} runs it. Nobody else uses the package.
 */
package io.pawline.detect;
