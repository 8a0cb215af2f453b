/**
 * Direct uploads: a client gets an address for one photo and sends the photo there, before a task names it. The address
 * leads to the image store itself, or to this service if the store is a folder.
 */
@NullMarked
package io.pawline.ingest.upload;

import org.jspecify.annotations.NullMarked;
