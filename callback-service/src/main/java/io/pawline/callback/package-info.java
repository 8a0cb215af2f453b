/**
 * The fifth stage: it writes the final state to the task's row and then notifies the front end with a signed callback.
 * {@code callback-service} runs it. Nobody else uses the package.
 */
@NullMarked
package io.pawline.callback;

import org.jspecify.annotations.NullMarked;
