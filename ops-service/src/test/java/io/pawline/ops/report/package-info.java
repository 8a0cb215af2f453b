@NullMarked
package io.pawline.ops.report;

import org.jspecify.annotations.NullMarked;
