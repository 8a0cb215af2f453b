/** Which stage each task has reached, read from the topics. */
@NullMarked
package io.pawline.ingest.progress;

import org.jspecify.annotations.NullMarked;
