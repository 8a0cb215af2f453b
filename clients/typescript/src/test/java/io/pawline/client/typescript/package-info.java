@NullMarked
package io.pawline.client.typescript;

import org.jspecify.annotations.NullMarked;
