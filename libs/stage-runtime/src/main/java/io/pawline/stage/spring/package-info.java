/**
 * Runs a stage inside a Spring service: {@code StageProperties} are its settings, and {@code StageAutoConfiguration}
 * makes the runtime and its health out of them. Services use it; no other package of the runtime sees it.
 */
@NullMarked
package io.pawline.stage.spring;

import org.jspecify.annotations.NullMarked;
