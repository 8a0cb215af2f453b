/**
 * A schema registry for one machine, with the part of Confluent's API that Pawline and common clients use. Tests hold
 * it to the same contract as Apicurio's registry, which was written by others.
 */
@NullMarked
package io.pawline.registry;

import org.jspecify.annotations.NullMarked;
