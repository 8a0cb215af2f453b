/** Alerts: what each means, which fired when, and who is notified. This package measures nothing itself. */
@NullMarked
package io.pawline.ops.alerts;

import org.jspecify.annotations.NullMarked;
