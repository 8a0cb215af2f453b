/**
 * The fourth stage: it checks the cut-out, makes the thumbnails and stores the result. {@code finalize-service} runs
 * it. Nobody else uses the package.
 */
package io.pawline.finalize;
