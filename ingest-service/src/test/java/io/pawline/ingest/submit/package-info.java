@NullMarked
package io.pawline.ingest.submit;

import org.jspecify.annotations.NullMarked;
