package io.pawline.ops.access;

import io.pawline.taskstore.ApiKey;
import io.pawline.taskstore.KeyRing;
import java.util.Optional;

/** Recognises operators by their API keys, or accepts everybody. Thread-safe. */
sealed interface OperatorAccess {

    /** The verdict about a request, by its key. */
    sealed interface Verdict {
        /** The request is of this operator. */
        record Known(Operator operator) implements Verdict {}

        /** No key was sent. */
        record Missing() implements Verdict {}

        /** There is no such key, or it is not good for anything any more. */
        record Unknown() implements Verdict {}

        /** The key is good, but not here. */
        record Foreign() implements Verdict {}
    }

    /**
     * Finds out who has this key.
     *
     * @param key empty if none was sent
     * @throws io.pawline.taskstore.DatabaseUnavailableException if that cannot be found out
     */
    Verdict of(Optional<String> key);

    /** Accepts everybody. */
    static OperatorAccess open() {
        return new Open();
    }

    /** Accepts those with a key of this tenant. */
    static OperatorAccess byKeys(KeyRing keys, String tenant) {
        return new ByKeys(keys, tenant);
    }

    /** Nobody has to say who he is. */
    record Open() implements OperatorAccess {
        @Override
        public Verdict of(Optional<String> key) {
            return new Verdict.Known(Operator.ANYBODY);
        }
    }

    /** Everybody has to show a key of the tenant. */
    record ByKeys(KeyRing keys, String tenant) implements OperatorAccess {
        @Override
        public Verdict of(Optional<String> key) {
            return key.<Verdict>map(presented ->
                            keys.find(presented).<Verdict>map(this::judged).orElseGet(Verdict.Unknown::new))
                    .orElseGet(Verdict.Missing::new);
        }

        private Verdict judged(ApiKey key) {
            return key.tenant().equals(tenant)
                    ? new Verdict.Known(new Operator(Optional.of(key.name()), key.scopes()))
                    : new Verdict.Foreign();
        }
    }
}
