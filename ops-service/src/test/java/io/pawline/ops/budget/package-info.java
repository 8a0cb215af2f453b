@NullMarked
package io.pawline.ops.budget;

import org.jspecify.annotations.NullMarked;
