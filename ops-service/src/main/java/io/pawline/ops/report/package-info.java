/** The report of a period: this package sums it up and writes it in words. */
@NullMarked
package io.pawline.ops.report;

import org.jspecify.annotations.NullMarked;
