@NullMarked
package io.pawline.ops.live;

import org.jspecify.annotations.NullMarked;
