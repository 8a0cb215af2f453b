/** The tests of the chart as Helm renders it, without a cluster. */
@NullMarked
package io.pawline.helm;

import org.jspecify.annotations.NullMarked;
