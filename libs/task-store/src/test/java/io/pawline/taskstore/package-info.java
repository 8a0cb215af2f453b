@NullMarked
package io.pawline.taskstore;

import org.jspecify.annotations.NullMarked;
