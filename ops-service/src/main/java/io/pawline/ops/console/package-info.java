/** The web console: files that a browser runs, and what it may do with them. */
@NullMarked
package io.pawline.ops.console;

import org.jspecify.annotations.NullMarked;
