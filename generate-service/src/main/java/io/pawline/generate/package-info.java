/**
 * The second stage: it asks a text-to-image model for a picture of the described pet. {@code generate-service} runs it.
 * Nobody else uses the package.
 */
package io.pawline.generate;
