/** What those who run Pawline need: dead letters and their replay, the ledger, the console. */
@NullMarked
package io.pawline.ops;

import org.jspecify.annotations.NullMarked;
