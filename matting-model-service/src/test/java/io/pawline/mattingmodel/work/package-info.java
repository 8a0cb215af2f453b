@NullMarked
package io.pawline.mattingmodel.work;

import org.jspecify.annotations.NullMarked;
