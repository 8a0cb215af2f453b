/**
 * Lets the processes of a stage share the limit of their provider through a Kafka topic. {@code FleetChannel} carries
 * the messages of a {@code FleetNode}, {@code FleetCodec} turns them into events. It sees {@code provider} and {@code channel}; {@link
 * io.pawline.stage.StageRuntime} runs it.
 */
@NullMarked
package io.pawline.stage.fleet;

import org.jspecify.annotations.NullMarked;
