package io.pawline.ops.access;

import io.pawline.taskstore.Scope;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Names who sends a request, and what he may do.
 *
 * @param name of his key, for the audit; empty where nobody has to say who he is
 * @param scopes what he may do
 */
public record Operator(Optional<String> name, Set<Scope> scopes) {

    /** Stands for everybody where nobody has to say who he is. */
    public static final Operator ANYBODY = new Operator(Optional.empty(), EnumSet.allOf(Scope.class));

    public Operator {
        scopes = Set.copyOf(scopes);
    }
}
