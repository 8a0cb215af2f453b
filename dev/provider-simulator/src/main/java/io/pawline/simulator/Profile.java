package io.pawline.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * How all providers behave: latency, capacity and faults, from YAML; and how tasks arrive meanwhile, if it says so. The format
 * is described in {@code docs/contributor/simulator.md}.
 */
public final class Profile {

    private final long seed;
    private final int drawings;
    private final Map<Provider, ProviderProfile> providers;
    private final Arrivals arrivals;

    Profile(long seed, int drawings, Map<Provider, ProviderProfile> providers, Arrivals arrivals) {
        if (drawings < 0) {
            throw new IllegalArgumentException("drawings must be >= 0, was " + drawings);
        }
        this.seed = seed;
        this.drawings = drawings;
        this.providers = new EnumMap<>(providers);
        this.arrivals = arrivals;
    }

    /**
     * One of the profiles that come with the simulator: {@code default}, {@code instant}, {@code incident}.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Profile bundled(String name) {
        String resource = "/simulator/" + name + ".yaml";
        try (InputStream yaml = Profile.class.getResourceAsStream(resource)) {
            if (yaml == null) {
                throw new IllegalArgumentException(
                        "there is no bundled simulator profile '%s'; there are: default, incident, instant"
                                .formatted(name));
            }
            return ProfileReader.read(name + ".yaml", yaml.readAllBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("simulator profile %s cannot be read".formatted(resource), e);
        }
    }

    /**
     * The profile in this file.
     *
     * @throws IllegalArgumentException if it cannot be read or is not valid; the message names the file and the key
     */
    public static Profile load(Path file) {
        try {
            return ProfileReader.read(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("simulator profile %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /** The profile in this text; {@code name} is what error messages call it. */
    public static Profile parse(String name, String yaml) {
        return ProfileReader.read(name, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The same in other proportions.
     *
     * @param faster all times are divided by this, more than 0
     * @param share all capacities and hard limits are multiplied by this, more than 0, and are 1 at least
     */
    public Profile scaled(double faster, double share) {
        if (!(faster > 0) || !(share > 0)) {
            throw new IllegalArgumentException("must be > 0: time " + faster + ", share " + share);
        }
        Map<Provider, ProviderProfile> scaled = new EnumMap<>(Provider.class);
        providers.forEach((provider, profile) -> scaled.put(provider, profile.scaled(faster, share)));
        return new Profile(seed, drawings, scaled, arrivals.scaled(faster));
    }

    /** How tasks arrive; empty if the profile does not say. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /** So many different pictures are drawn at most; 0: one for each prompt. */
    int drawings() {
        return drawings;
    }

    long seed() {
        return seed;
    }

    ProviderProfile of(Provider provider) {
        ProviderProfile profile = providers.get(provider);
        if (profile == null) {
            throw new IllegalStateException("no profile of " + provider.key());
        }
        return profile;
    }
}
