@NullMarked
package io.pawline.ops.controls;

import org.jspecify.annotations.NullMarked;
