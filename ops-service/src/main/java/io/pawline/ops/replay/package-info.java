/** Replays: this package sends dead letters on their way again, each once. */
@NullMarked
package io.pawline.ops.replay;

import org.jspecify.annotations.NullMarked;
