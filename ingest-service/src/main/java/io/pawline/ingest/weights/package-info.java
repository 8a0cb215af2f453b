/** Knows the weights by which tenants share the stages: those of live controls, and else those of the settings. */
@NullMarked
package io.pawline.ingest.weights;

import org.jspecify.annotations.NullMarked;
