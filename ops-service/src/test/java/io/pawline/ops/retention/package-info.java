@NullMarked
package io.pawline.ops.retention;

import org.jspecify.annotations.NullMarked;
