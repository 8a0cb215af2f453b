@NullMarked
package io.pawline.ops.timeline;

import org.jspecify.annotations.NullMarked;
