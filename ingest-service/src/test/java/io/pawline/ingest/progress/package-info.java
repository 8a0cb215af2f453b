@NullMarked
package io.pawline.ingest.progress;

import org.jspecify.annotations.NullMarked;
