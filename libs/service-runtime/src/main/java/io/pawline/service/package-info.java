/**
 * Holds the Spring glue that every service shares: how a service starts ({@code ServiceApplication}), the format of
 * events ({@code EventFormats}), periodic work ({@code Periodic}), tracing, and common beans. Knows {@code schemas}
 * only.
 */
@NullMarked
package io.pawline.service;

import org.jspecify.annotations.NullMarked;
