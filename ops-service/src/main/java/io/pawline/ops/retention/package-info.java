/** How long dead letters, replays and the audit are kept, and what deletes them. */
@NullMarked
package io.pawline.ops.retention;

import org.jspecify.annotations.NullMarked;
