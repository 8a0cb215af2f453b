@NullMarked
package io.pawline.ingest.relay;

import org.jspecify.annotations.NullMarked;
