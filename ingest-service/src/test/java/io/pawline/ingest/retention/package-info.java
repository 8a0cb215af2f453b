@NullMarked
package io.pawline.ingest.retention;

import org.jspecify.annotations.NullMarked;
