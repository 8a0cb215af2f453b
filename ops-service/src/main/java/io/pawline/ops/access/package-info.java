/** Access to ops-service: this package finds out who calls, and what he may do. */
@NullMarked
package io.pawline.ops.access;

import org.jspecify.annotations.NullMarked;
