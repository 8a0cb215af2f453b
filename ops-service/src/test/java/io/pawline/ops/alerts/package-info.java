@NullMarked
package io.pawline.ops.alerts;

import org.jspecify.annotations.NullMarked;
