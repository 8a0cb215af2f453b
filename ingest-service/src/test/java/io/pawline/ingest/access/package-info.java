@NullMarked
package io.pawline.ingest.access;

import org.jspecify.annotations.NullMarked;
