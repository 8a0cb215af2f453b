/**
 * The benchmarks measure what the system can do on one machine: {@code ./pawline bench}. A benchmark is a command; it
 * measures one run, or several {@linkplain io.pawline.benchmarks.BenchmarkRow rows} with a target each.
 */
@NullMarked
package io.pawline.benchmarks;

import org.jspecify.annotations.NullMarked;
