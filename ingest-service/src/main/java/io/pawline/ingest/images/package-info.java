/**
 * Serves the pictures of an image store that is a folder.
 * Other stores serve their pictures themselves, by signed addresses.
 */
@NullMarked
package io.pawline.ingest.images;

import org.jspecify.annotations.NullMarked;
