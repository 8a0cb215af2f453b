@NullMarked
package io.pawline.ingest.http;

import org.jspecify.annotations.NullMarked;
