/** What Pawline's HTTP interfaces have in common: how they say that a request cannot be served. */
@NullMarked
package io.pawline.web;

import org.jspecify.annotations.NullMarked;
