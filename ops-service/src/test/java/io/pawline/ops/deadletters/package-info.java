@NullMarked
package io.pawline.ops.deadletters;

import org.jspecify.annotations.NullMarked;
