/** The ledger of outside calls, in PostgreSQL. */
@NullMarked
package io.pawline.ops.ledger;

import org.jspecify.annotations.NullMarked;
