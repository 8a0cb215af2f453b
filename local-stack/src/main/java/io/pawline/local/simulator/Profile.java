package io.pawline.local.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * How all providers behave: latency, capacity and faults, from YAML. The format is described in {@code docs/simulator.md}.
 */
public final class Profile {

    private final long seed;
    private final Map<Provider, ProviderProfile> providers;

    Profile(long seed, Map<Provider, ProviderProfile> providers) {
        this.seed = seed;
        this.providers = new EnumMap<>(providers);
    }

    /**
     * One of the profiles that come with the simulator: {@code default}, {@code instant}.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static Profile bundled(String name) {
        String resource = "/simulator/" + name + ".yaml";
        try (InputStream yaml = Profile.class.getResourceAsStream(resource)) {
            if (yaml == null) {
                throw new IllegalArgumentException(
                        "there is no bundled simulator profile '%s'; there are: default, instant".formatted(name));
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
