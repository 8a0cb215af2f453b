@NullMarked
package io.pawline.mattingmodel;

import org.jspecify.annotations.NullMarked;
