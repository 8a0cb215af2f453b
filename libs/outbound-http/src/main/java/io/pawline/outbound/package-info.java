/**
 * HTTP calls to the outside, each made once, and the guard for addresses that came from outside. The stages and
 * ingest-service use it.
 */
package io.pawline.outbound;
