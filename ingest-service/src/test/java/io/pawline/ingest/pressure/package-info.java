@NullMarked
package io.pawline.ingest.pressure;

import org.jspecify.annotations.NullMarked;
