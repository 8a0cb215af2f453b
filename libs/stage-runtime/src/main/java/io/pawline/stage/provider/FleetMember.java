package io.pawline.stage.provider;

/**
 * Names one life of a process.
 *
 * @param instance name of the process; it is the same after a restart
 * @param life differs for each start of the process
 */
public record FleetMember(String instance, String life) {}
