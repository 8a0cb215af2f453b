package io.pawline.matting;

import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import io.pawline.outbound.visual.VisualCredentials;
import io.pawline.outbound.visual.VisualSettings;
import io.pawline.stage.Fallbacks;
import io.pawline.stage.spring.ChainProperties;
import io.pawline.stage.spring.ProviderLimits;
import io.pawline.stage.spring.StageProperties;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of matting-service, which calls Volcengine's visual API: {@code pawline.matting.*}.
 *
 * @param baseUrl Address of the visual API.
 * @param region Region in the signature.
 * @param service Service in the signature.
 * @param accessKey Access key of the Volcengine account.
 * @param secretKey Secret key that belongs to the access key, exactly as Volcengine shows it.
 * @param sessionToken Session token of a temporary key.
 * @param connectTimeout Longest time for one connection, more than 0.
 * @param callTimeout Longest time for one whole call, more than 0.
 * @param maxAnswerSize Most bytes of an answer, from 1 byte to 1 GiB. The answer holds the picture in Base64.
 * @param reqKey Name of the model.
 * @param onlyMask What the model returns. 3 is the cut-out in full size with transparency.
 * @param refineMask How much the model refines the edge.
 * @param rgb Colour that the model puts behind the cut-out, as three numbers. -1 three times is no colour.
 * @param chain When the further providers are called.
 * @param fallbacks Providers that are called if the first one is not, by their names. The page on chains lists their
 *     settings.
 * @param stage The limits and retries of the stage.
 */
@ConfigurationProperties("pawline.matting")
record MattingProperties(
        @DefaultValue("https://visual.volcengineapi.com") URI baseUrl,
        @DefaultValue("cn-north-1") String region,
        @DefaultValue("cv") String service,
        String accessKey,
        String secretKey,
        @Nullable String sessionToken,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("60s") Duration callTimeout,
        @DefaultValue("40MB") DataSize maxAnswerSize,
        @DefaultValue("saliency_seg") String reqKey,
        @DefaultValue("3") int onlyMask,
        @DefaultValue("2") int refineMask,
        @DefaultValue({"-1", "-1", "-1"}) List<Integer> rgb,
        @DefaultValue @NestedConfigurationProperty ChainProperties chain,
        @DefaultValue Map<String, Fallback> fallbacks,
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    /** How a provider is spoken to. */
    enum Format {
        /** Volcengine's visual API. */
        VOLCENGINE_VISUAL,
        /** The short format of {@code matting-model-service}. */
        PAWLINE_MATTING
    }

    /**
     * The settings of one more provider: {@code pawline.matting.fallbacks.<name>.*}. The operator's page on chains
     * describes each of them.
     *
     * @param order the provider with the least number is asked first
     * @param canary share of the tasks by which it is compared with the others, 0 to 0.2; 0: it is not
     * @param accessKey for {@link Format#VOLCENGINE_VISUAL}; null: that of the first provider
     * @param secretKey belongs to the access key
     */
    record Fallback(
            @DefaultValue("100") int order,
            @DefaultValue("0") double canary,
            Format format,
            URI baseUrl,
            @Nullable String accessKey,
            @Nullable String secretKey,
            @DefaultValue("5s") Duration connectTimeout,
            @DefaultValue("60s") Duration callTimeout,
            @DefaultValue ProviderLimits limits)
            implements ChainProperties.Further {

        Fallback {
            Objects.requireNonNull(format, "format");
            requireUrl("fallbacks.<name>.base-url", baseUrl);
            if ((accessKey == null) != (secretKey == null)) {
                throw new IllegalArgumentException(
                        "pawline.matting.fallbacks.<name>: access-key and secret-key belong together");
            }
            requirePositive("fallbacks.<name>.connect-timeout", connectTimeout);
            requirePositive("fallbacks.<name>.call-timeout", callTimeout);
        }

        HttpUrl url() {
            return HttpUrl.get(baseUrl.toString());
        }

        Timeouts timeouts() {
            return new Timeouts(connectTimeout, callTimeout);
        }

        /** The settings without the keys. */
        @Override
        public String toString() {
            return "Fallback[format=%s, baseUrl=%s]".formatted(format, baseUrl);
        }
    }

    MattingProperties {
        requireUrl("base-url", baseUrl);
        fallbacks = Map.copyOf(fallbacks);
        requireKey("access-key", accessKey);
        requireKey("secret-key", secretKey);
        sessionToken = sessionToken == null || sessionToken.isBlank() ? null : sessionToken;
        requirePositive("connect-timeout", connectTimeout);
        requirePositive("call-timeout", callTimeout);
        new DataLimit(maxAnswerSize.toBytes());
        rgb = List.copyOf(rgb);
        if (rgb.size() != 3 || rgb.stream().anyMatch(value -> value < -1 || value > 255)) {
            throw new IllegalArgumentException("pawline.matting.rgb must be three numbers from -1 to 255, was " + rgb);
        }
    }

    /** The settings that the client needs. */
    VisualSettings visual() {
        HttpUrl url = HttpUrl.get(baseUrl.toString());
        return new VisualSettings(
                url,
                region,
                service,
                new VisualCredentials(accessKey, secretKey, Optional.ofNullable(sessionToken)),
                new Timeouts(connectTimeout, callTimeout),
                new DataLimit(maxAnswerSize.toBytes()),
                new VisualSettings.Model(reqKey, onlyMask, refineMask, rgb));
    }

    /** The further providers, in the order in which they are asked. */
    List<Entry<String, Fallback>> fallbacksInOrder() {
        return ChainProperties.inOrder(fallbacks);
    }

    /** What the runtime needs of them. */
    Fallbacks chained() {
        return chain.fallbacks(fallbacks);
    }

    /** The settings that a client of the same API at another address needs. */
    VisualSettings visual(Fallback other) {
        VisualSettings own = visual();
        return new VisualSettings(
                other.url(),
                region,
                service,
                other.accessKey() == null || other.secretKey() == null
                        ? own.credentials()
                        : new VisualCredentials(other.accessKey(), other.secretKey(), Optional.empty()),
                other.timeouts(),
                own.answerLimit(),
                own.model());
    }

    DataLimit answerLimit() {
        return new DataLimit(maxAnswerSize.toBytes());
    }

    /** The settings without the keys. */
    @Override
    public String toString() {
        return "MattingProperties[baseUrl=" + baseUrl + ", reqKey=" + reqKey + ", accessKey=…, secretKey=…]";
    }

    private static void requireKey(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(
                    "pawline.matting.%s is not set; it is of the Volcengine account, also given as PAWLINE_MATTING_%s"
                            .formatted(name, name.replace("-", "").toUpperCase(Locale.ROOT)));
        }
        if (!value.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException(
                    "pawline.matting.%s holds characters that no key has, such as spaces".formatted(name));
        }
    }

    private static void requireUrl(String name, @Nullable URI url) {
        if (url == null || HttpUrl.get(url) == null) {
            throw new IllegalArgumentException(
                    "pawline.matting.%s must be an absolute http or https address, was %s".formatted(name, url));
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("pawline.matting.%s must be > 0, was %s".formatted(name, value));
        }
    }
}
