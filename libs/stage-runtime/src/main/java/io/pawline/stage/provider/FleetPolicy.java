package io.pawline.stage.provider;

import io.pawline.stage.ProviderPolicies;

/**
 * Says what all processes of a stage together may do with their provider.
 *
 * @param adaptive whether the limit follows what the provider can handle
 * @param capacity calls in flight that are never exceeded; 0: what all processes can have
 * @param rate calls per second; 0: no such limit
 * @param tokensPerMinute that the calls may use; 0: no such limit
 */
public record FleetPolicy(boolean adaptive, int capacity, double rate, long tokensPerMinute) {

    /** Makes a policy without a limit of tokens. */
    FleetPolicy(boolean adaptive, int capacity, double rate) {
        this(adaptive, capacity, rate, 0);
    }

    /** Returns the policy of a provider. */
    public static FleetPolicy of(ProviderPolicies provider) {
        return new FleetPolicy(
                provider.adaptiveLimit(), provider.capacity(), provider.rate(), provider.tokensPerMinute());
    }

    /** Says whether there is anything to share. */
    public boolean shares() {
        return adaptive || capacity > 0 || rate > 0 || tokensPerMinute > 0;
    }
}
