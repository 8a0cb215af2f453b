/** The web console: this package limits what a browser may do with its files. */
@NullMarked
package io.pawline.ops.console;

import org.jspecify.annotations.NullMarked;
