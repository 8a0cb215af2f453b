/**
 * The pictures of the simulator are made here: a photo is described, a pet is drawn from a prompt, and a picture is cut
 * out of its background.
 */
@NullMarked
package io.pawline.simulator.picture;

import org.jspecify.annotations.NullMarked;
