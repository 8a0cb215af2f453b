package io.pawline.web;

import io.pawline.taskstore.Scope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the scopes of which the API key of a request must have one; otherwise the request is refused. It stands on a
 * method that serves requests, or on the parameter of the method that takes the sender.
 */
@Target({ElementType.METHOD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiresScope {
    Scope[] value();
}
