/** callback-service: closes the task row, then tells the front end. */
@NullMarked
package io.pawline.callback;

import org.jspecify.annotations.NullMarked;
