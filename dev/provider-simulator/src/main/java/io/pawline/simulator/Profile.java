package io.pawline.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Describes how all providers behave: latency, capacity and faults. It may also describe how tasks arrive. It is read
 * from YAML; {@code docs/contributor/simulator.md} describes the format.
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
     * Loads a profile that comes with the simulator, such as {@code default}, {@code instant} or {@code incident}.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Profile bundled(String name) {
        String resource = "/simulator/" + name + ".yaml";
        try (InputStream yaml = Profile.class.getResourceAsStream(resource)) {
            if (yaml == null) {
                throw new IllegalArgumentException(
                        ("there is no bundled simulator profile '%s'; there are: default, incident,"
                                        + " incident-matting-dead, instant, second-matting, second-text-to-image")
                                .formatted(name));
            }
            return ProfileReader.read(name + ".yaml", yaml.readAllBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("simulator profile %s cannot be read".formatted(resource), e);
        }
    }

    /**
     * Loads the profile in this file.
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

    /** Reads the profile in this text; error messages call it {@code name}. */
    public static Profile parse(String name, String yaml) {
        return ProfileReader.read(name, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Scales the profile.
     *
     * @param faster all times are divided by this, more than 0
     * @param share all capacities and hard limits are multiplied by this, more than 0; each stays at least 1
     */
    public Profile scaled(double faster, double share) {
        if (!(faster > 0) || !(share > 0)) {
            throw new IllegalArgumentException("must be > 0: time " + faster + ", share " + share);
        }
        Map<Provider, ProviderProfile> scaled = new EnumMap<>(Provider.class);
        providers.forEach((provider, profile) -> scaled.put(provider, profile.scaled(faster, share)));
        return new Profile(seed, drawings, scaled, arrivals.scaled(faster));
    }

    /** The arrivals of tasks; empty if the profile does not describe them. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /** The number of different pictures that are drawn at most; 0: one for each prompt. */
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
