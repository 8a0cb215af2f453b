@NullMarked
package io.pawline.ops.console;

import org.jspecify.annotations.NullMarked;
