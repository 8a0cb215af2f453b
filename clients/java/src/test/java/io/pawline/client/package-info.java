@NullMarked
package io.pawline.client;

import org.jspecify.annotations.NullMarked;
