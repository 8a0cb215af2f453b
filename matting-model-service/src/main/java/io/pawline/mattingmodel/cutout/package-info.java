/**
 * Removes the background of a picture: a model finds the subject on a coarse grid, and colours find its outline. Plain
 * Java but for ONNX Runtime.
 */
@NullMarked
package io.pawline.mattingmodel.cutout;

import org.jspecify.annotations.NullMarked;
