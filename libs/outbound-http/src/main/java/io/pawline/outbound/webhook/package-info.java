/**
 * Signed callbacks: their body, which secrets sign for a tenant, the signature, and the call to the receiver.
 * callback-service sends final states with it, and ingest-service examples.
 */
package io.pawline.outbound.webhook;
