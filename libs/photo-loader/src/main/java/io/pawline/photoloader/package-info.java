/** Gets the photos of tasks for the stages that show them to a model. */
@NullMarked
package io.pawline.photoloader;

import org.jspecify.annotations.NullMarked;
