@NullMarked
package io.pawline.ingest.upload;

import org.jspecify.annotations.NullMarked;
