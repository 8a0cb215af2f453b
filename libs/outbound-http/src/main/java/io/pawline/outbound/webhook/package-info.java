/**
 * Signed callbacks: which secrets sign for a tenant, the signature, and the call to the receiver. callback-service sends
 * final states with it.
 */
package io.pawline.outbound.webhook;
