@NullMarked
package io.pawline.mattingmodel.http;

import org.jspecify.annotations.NullMarked;
