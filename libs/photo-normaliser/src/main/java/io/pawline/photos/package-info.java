/**
 * Makes of a photo in any common format what a vision model gets: upright, sRGB, small, a JPEG without metadata. {@code
 * PhotoNormaliser} is the way in. A class named {@code …File} reads the structure of one format, checks that the file is
 * whole, and hands nothing but the pixels' own bytes to a decoder.
 */
package io.pawline.photos;
