/**
 * The third stage: it has the background of the picture removed and stores the cut-out. {@code matting-service} runs
 * it. Nobody else uses the package.
 */
package io.pawline.matting;
