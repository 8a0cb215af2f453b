/**
 * The Spring glue that every service shares: how it starts, the event format, periodic work, tracing, common beans. Knows
 * {@code schemas} alone.
 */
package io.pawline.service;
