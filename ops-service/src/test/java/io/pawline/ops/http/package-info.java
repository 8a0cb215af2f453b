@NullMarked
package io.pawline.ops.http;

import org.jspecify.annotations.NullMarked;
