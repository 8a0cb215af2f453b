/**
 * Tracks what is complete in the partitions of a process. {@code AssignedPartition} is one assignment, {@code
 * OffsetTracker} knows its open offsets, {@code WorkItem} is a record of it. The layers from {@code dispatch} on use
 * it; it sees the values of {@code io.pawline.stage} only.
 */
@NullMarked
package io.pawline.stage.offsets;

import org.jspecify.annotations.NullMarked;
