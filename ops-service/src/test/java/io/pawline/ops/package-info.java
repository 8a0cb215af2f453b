@NullMarked
package io.pawline.ops;

import org.jspecify.annotations.NullMarked;
