package io.pawline.ops.http;

import io.pawline.taskstore.Scope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a method that serves requests: what the caller's key must allow. Without it, {@code GET} needs {@link Scope#READ} and
 * everything else {@link Scope#OPERATE}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
    Scope value();
}
