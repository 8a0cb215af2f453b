/** Live controls given and shown over HTTP: this package writes each into the audit and into the control topic. */
@NullMarked
package io.pawline.ops.controls;

import org.jspecify.annotations.NullMarked;
