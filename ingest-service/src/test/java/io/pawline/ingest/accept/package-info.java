@NullMarked
package io.pawline.ingest.accept;

import org.jspecify.annotations.NullMarked;
