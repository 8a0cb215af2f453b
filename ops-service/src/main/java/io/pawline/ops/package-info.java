/** The service for those who run Pawline: dead letters and their replay, the ledger, the report, the console. */
@NullMarked
package io.pawline.ops;

import org.jspecify.annotations.NullMarked;
