/**
 * A client of Pawline's HTTP API. {@link io.pawline.client.PawlineClient} submits tasks and waits for them, and
 * {@link io.pawline.client.WebhookVerifier} verifies callbacks. What is sent and answered is in
 * {@code io.pawline.client.model}, which is generated from the OpenAPI document.
 */
@NullMarked
package io.pawline.client;

import org.jspecify.annotations.NullMarked;
