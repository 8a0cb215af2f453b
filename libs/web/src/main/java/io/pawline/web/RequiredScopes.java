package io.pawline.web;

import io.pawline.taskstore.Scope;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Lists the scopes of which a request needs one. */
public record RequiredScopes(List<Scope> anyOf) {

    public RequiredScopes {
        anyOf = List.copyOf(anyOf);
        if (anyOf.isEmpty()) {
            throw new IllegalArgumentException("a request must need at least one scope");
        }
    }

    /** The scopes that an annotation names. */
    public static RequiredScopes of(Scope... anyOf) {
        return new RequiredScopes(List.of(anyOf));
    }

    /**
     * Refuses a request whose key has none of them.
     *
     * @throws ProblemException with status 403 and the challenge of RFC 6750
     */
    public void check(Set<Scope> granted) {
        if (Collections.disjoint(granted, anyOf)) {
            throw ProblemException.challenge(
                    CommonProblem.FORBIDDEN,
                    "this needs the scope %s, which the key does not have"
                            .formatted(anyOf.stream().map(Scope::code).collect(Collectors.joining(" or "))),
                    // The challenge names one scope only: several would mean that all of them are needed.
                    ", error=\"insufficient_scope\", scope=\"%s\""
                            .formatted(anyOf.getFirst().code()));
        }
    }
}
