/** ingest-service: the front end's HTTP API. */
@NullMarked
package io.pawline.ingest;

import org.jspecify.annotations.NullMarked;
