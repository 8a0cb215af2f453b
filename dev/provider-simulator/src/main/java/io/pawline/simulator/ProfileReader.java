package io.pawline.simulator;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.pawline.simulator.ProviderProfile.Rule;
import io.pawline.simulator.ProviderProfile.Window;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads profiles strictly: an unknown key, a key given twice and a value out of range are errors. */
final class ProfileReader {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String FIRST_ALL = "always";

    private ProfileReader() {}

    /** The file as it is written; null stands for what is left out. */
    private record ProfileFile(
            @Nullable Long seed,
            @Nullable Integer drawings,
            @Nullable ProviderPart vision,
            @Nullable ProviderPart textToImage,
            @Nullable ProviderPart matting,
            @Nullable ProviderPart callback,
            @Nullable List<ArrivalPart> arrivals) {

        @Nullable
        ProviderPart of(Provider provider) {
            return switch (provider) {
                case VISION -> vision;
                case TEXT_TO_IMAGE -> textToImage;
                case MATTING -> matting;
                case CALLBACK -> callback;
            };
        }
    }

    private record ProviderPart(
            @Nullable LatencyPart latency,
            @Nullable Integer capacity,
            @Nullable Integer hardLimit,
            @Nullable Map<String, Double> errors,
            @Nullable List<WindowPart> windows,
            @Nullable List<RulePart> rules) {}

    private record LatencyPart(
            @Nullable String median, @Nullable Double spread) {}

    private record WindowPart(
            @Nullable String from,
            @Nullable String to,
            @Nullable LatencyPart latency,
            @Nullable Integer capacity,
            @Nullable Integer hardLimit,
            @Nullable Map<String, Double> errors) {}

    private record ArrivalPart(
            @Nullable String from,
            @Nullable String to,
            @Nullable Double rate) {}

    private record RulePart(
            @Nullable String whenTextContains,

            @JsonFormat(shape = JsonFormat.Shape.STRING) @Nullable
            String first,

            @Nullable String answer) {}

    static Profile read(String name, byte[] yaml) {
        try {
            ProfileFile file = YAML.readValue(yaml, ProfileFile.class);
            if (file == null) {
                throw new IllegalArgumentException("it is empty");
            }
            Map<Provider, ProviderProfile> providers = new EnumMap<>(Provider.class);
            for (Provider provider : Provider.values()) {
                providers.put(provider, provider(provider, file.of(provider)));
            }
            return new Profile(
                    file.seed() == null ? 1 : file.seed(),
                    file.drawings() == null ? 0 : file.drawings(),
                    providers,
                    arrivals(orEmpty(file.arrivals())));
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    "simulator profile %s: unknown key '%s'; known there: %s"
                            .formatted(name, path(e), e.getKnownPropertyIds()),
                    e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "simulator profile %s, line %d, %s: %s"
                            .formatted(name, e.getLocation().getLineNr(), path(e), e.getOriginalMessage()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("simulator profile %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    /** The place in the file, as in {@code vision.windows.0.from}. */
    private static String path(JacksonException e) {
        return e.getPath().stream()
                .map(step -> step.getPropertyName() == null ? String.valueOf(step.getIndex()) : step.getPropertyName())
                .collect(Collectors.joining("."));
    }

    private static ProviderProfile provider(Provider provider, @Nullable ProviderPart part) {
        Conditions free = new Conditions(LatencyDistribution.NONE, Integer.MAX_VALUE, Integer.MAX_VALUE, Map.of());
        if (part == null) {
            return new ProviderProfile(free, List.of(), List.of());
        }
        try {
            Conditions usual =
                    changed(free, provider, part.latency(), part.capacity(), part.hardLimit(), part.errors());
            return new ProviderProfile(
                    usual,
                    orEmpty(part.windows()).stream()
                            .map(window -> window(usual, provider, window))
                            .toList(),
                    orEmpty(part.rules()).stream()
                            .map(rule -> rule(provider, rule))
                            .toList());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(provider.key(), e.getMessage()), e);
        }
    }

    private static Window window(Conditions usual, Provider provider, WindowPart part) {
        return new Window(
                part.from() == null ? Duration.ZERO : duration("from", part.from()),
                part.to() == null ? null : duration("to", part.to()),
                changed(usual, provider, part.latency(), part.capacity(), part.hardLimit(), part.errors()));
    }

    private static Conditions changed(
            Conditions before,
            Provider provider,
            @Nullable LatencyPart latency,
            @Nullable Integer capacity,
            @Nullable Integer hardLimit,
            @Nullable Map<String, Double> errors) {
        return new Conditions(
                latency == null ? before.latency() : latency(before.latency(), latency),
                capacity == null ? before.capacity() : capacity,
                hardLimit == null ? before.hardLimit() : hardLimit,
                errors == null ? before.errors() : errors(provider, errors));
    }

    private static LatencyDistribution latency(LatencyDistribution before, LatencyPart part) {
        return new LatencyDistribution(
                part.median() == null ? before.median() : duration("median", part.median()),
                part.spread() == null ? before.spread() : part.spread());
    }

    private static Map<Fault, Double> errors(Provider provider, Map<String, Double> shares) {
        Map<Fault, Double> errors = new LinkedHashMap<>();
        shares.forEach((name, share) -> errors.merge(Faults.named(provider, name), share, Double::sum));
        return errors;
    }

    private static Arrivals arrivals(List<ArrivalPart> parts) {
        try {
            return new Arrivals(parts.stream()
                    .map(part -> new Arrivals.Part(
                            duration("from", required("a part", "from", part.from())),
                            duration("to", required("a part", "to", part.to())),
                            part.rate() == null ? 1 : part.rate()))
                    .toList());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("arrivals: " + e.getMessage(), e);
        }
    }

    private static Rule rule(Provider provider, RulePart part) {
        return new Rule(
                required("a rule", "when-text-contains", part.whenTextContains()),
                part.first() == null || part.first().equals(FIRST_ALL) ? Integer.MAX_VALUE : count(part.first()),
                Faults.named(provider, required("a rule", "answer", part.answer())));
    }

    private static int count(String first) {
        try {
            return Integer.parseInt(first);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("first must be a number or 'always', was '%s'".formatted(first), e);
        }
    }

    private static Duration duration(String key, String value) {
        try {
            return DurationStyle.detectAndParse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s must be a duration such as 300ms, 20s or 5m, was '%s'".formatted(key, value), e);
        }
    }

    private static String required(String what, String key, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("%s needs %s".formatted(what, key));
        }
        return value;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
