@NullMarked
package io.pawline.mattingmodel.cutout;

import org.jspecify.annotations.NullMarked;
