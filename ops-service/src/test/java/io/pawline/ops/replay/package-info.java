@NullMarked
package io.pawline.ops.replay;

import org.jspecify.annotations.NullMarked;
