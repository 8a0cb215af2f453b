/** A matting provider of one's own: it speaks two wire formats, and has a model remove the background. */
@NullMarked
package io.pawline.mattingmodel;

import org.jspecify.annotations.NullMarked;
