/**
 * The Avro serializers of events and the client of the schema registry. Kafka's clients in every service use them.
 */
package io.pawline.schemas.serde;
