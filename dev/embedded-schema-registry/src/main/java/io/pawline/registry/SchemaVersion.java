package io.pawline.registry;

/**
 * Shows a version of a subject as the API does.
 *
 * @param id of the schema, the same in every subject that has it
 * @param version counts from 1 in each subject
 * @param schema Avro's JSON
 */
record SchemaVersion(String subject, int id, int version, String schema) {}
