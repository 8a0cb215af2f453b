@NullMarked
package io.pawline.ingest.follow;

import org.jspecify.annotations.NullMarked;
