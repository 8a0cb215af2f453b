/** The simulator's pictures: looking at a photo, drawing a pet from a prompt, cutting it out of its background. */
@NullMarked
package io.pawline.simulator.picture;

import org.jspecify.annotations.NullMarked;
