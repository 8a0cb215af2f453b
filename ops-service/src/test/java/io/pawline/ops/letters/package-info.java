@NullMarked
package io.pawline.ops.letters;

import org.jspecify.annotations.NullMarked;
