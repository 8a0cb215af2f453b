/** Settles the money that processes had leased and did not give back, from the ledger of calls. */
@NullMarked
package io.pawline.ops.budget;

import org.jspecify.annotations.NullMarked;
