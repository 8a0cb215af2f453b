@NullMarked
package io.pawline.ops.audit;

import org.jspecify.annotations.NullMarked;
