package io.pawline.client;

import io.pawline.client.model.CallbackData;

/**
 * A callback whose signature is genuine.
 *
 * @param webhookId the same whenever this callback is sent again; process each once
 * @param code 0 for a success, or the number of the reason
 * @param data the final state of the task
 */
public record ReceivedCallback(String webhookId, int code, CallbackData data) {}
