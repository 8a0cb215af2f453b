package io.pawline.stage.provider;

/** Is what the processes of a fleet tell each other. All of them get all messages in the same order. */
public sealed interface FleetMessage permits FleetReport, FleetGrants {}
