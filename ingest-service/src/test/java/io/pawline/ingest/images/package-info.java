@NullMarked
package io.pawline.ingest.images;

import org.jspecify.annotations.NullMarked;
