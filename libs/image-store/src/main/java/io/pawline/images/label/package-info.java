/**
 * Marks pictures as made by a machine, in the metadata of the file. matting-service and finalize-service label what they
 * store.
 */
@org.jspecify.annotations.NullMarked
package io.pawline.images.label;
