/**
 * Shows one task: as it is now, when it has ended, or stage by stage as events.
 * Requests that wait are subscriptions, which one round of queries serves together.
 */
@NullMarked
package io.pawline.ingest.follow;

import org.jspecify.annotations.NullMarked;
