/** The store of image bytes by key, in S3 or in a folder. All services but generate-service use it. */
package io.pawline.images;
