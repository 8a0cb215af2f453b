@NullMarked
package io.pawline.ingest;

import org.jspecify.annotations.NullMarked;
