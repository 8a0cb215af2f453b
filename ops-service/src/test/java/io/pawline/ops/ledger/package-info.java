@NullMarked
package io.pawline.ops.ledger;

import org.jspecify.annotations.NullMarked;
