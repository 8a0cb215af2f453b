/**
 * Lists the tasks of a tenant, newest first, with filters and pages.
 * A page begins after the last task of the page before.
 */
@NullMarked
package io.pawline.ingest.list;

import org.jspecify.annotations.NullMarked;
