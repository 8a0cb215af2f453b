package io.pawline.benchmarks;

import io.pawline.simulator.Profile;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Says in what the afternoon of the incident is changed, to see what a second provider is good for. */
enum IncidentScenario {
    /** The afternoon as it was, with one provider for each stage. */
    REPORT("incident", Optional.empty(), Duration.ZERO, Duration.ZERO),

    /** The matting provider is dead for half an hour, and a model of one's own stands by. */
    MATTING_DEAD(
            "incident-matting-dead", Optional.of("second-matting"), Duration.ofMinutes(100), Duration.ofMinutes(130)),

    /** The afternoon as it was, and a second text-to-image provider of a third of the capacity. */
    SECOND_MODEL("incident", Optional.of("second-text-to-image"), Duration.ZERO, Duration.ofMinutes(173));

    private final String profile;
    private final Optional<String> second;
    private final Duration from;
    private final Duration to;

    IncidentScenario(String profile, Optional<String> second, Duration from, Duration to) {
        this.profile = profile;
        this.second = second;
        this.from = from;
        this.to = to;
    }

    /** How the providers behave, in the report's time. */
    Profile profile() {
        return Profile.bundled(profile);
    }

    /** How the second provider behaves, in the report's time; empty if there is none. */
    Optional<Profile> second() {
        return second.map(Profile::bundled);
    }

    /** The begin of the time that counts, from the start of the afternoon, in the report's time. */
    Duration from() {
        return from;
    }

    /** The end of the time that counts, as {@link #from}. */
    Duration to() {
        return to;
    }

    /**
     * Returns the settings with which Pawline knows the second provider, but for times.
     *
     * @param url at which it listens
     */
    Map<String, String> settings(String url) {
        return switch (this) {
            case REPORT -> Map.of();
            case MATTING_DEAD ->
                Map.of(
                        "pawline.matting.fallbacks.own-model.format", "pawline-matting",
                        "pawline.matting.fallbacks.own-model.base-url", url,
                        "pawline.ops.prices.own-model", "0");
            case SECOND_MODEL ->
                Map.of(
                        "pawline.generate.chain.policy", "prefer",
                        "pawline.generate.fallbacks.second-model.base-url", url + "/api/v3",
                        "pawline.generate.fallbacks.second-model.model", "doubao-seedream-3-0-t2i-250415",
                        "pawline.ops.prices.second-model", "0.2");
        };
    }

    /** The name as people write it in a command. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of the second provider's settings; empty if there is none. */
    Optional<String> prefix() {
        return switch (this) {
            case REPORT -> Optional.empty();
            case MATTING_DEAD -> Optional.of("pawline.matting.fallbacks.own-model.");
            case SECOND_MODEL -> Optional.of("pawline.generate.fallbacks.second-model.");
        };
    }
}
