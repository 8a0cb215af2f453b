@NullMarked
package io.pawline.callback;

import org.jspecify.annotations.NullMarked;
