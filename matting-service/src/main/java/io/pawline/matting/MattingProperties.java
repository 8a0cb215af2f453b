package io.pawline.matting;

import io.pawline.matting.visual.VisualCredentials;
import io.pawline.matting.visual.VisualSettings;
import io.pawline.outbound.DataLimit;
import io.pawline.outbound.Timeouts;
import io.pawline.stage.spring.StageProperties;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Access to Volcengine's visual API, and what is asked of it: {@code pawline.matting.*}.
 *
 * @param baseUrl where its API is
 * @param region as the signature has it
 * @param service as the signature has it
 * @param accessKey of the Volcengine account; required
 * @param secretKey that belongs to it, as it was given out; required
 * @param sessionToken for temporary keys only
 * @param connectTimeout for one connection, more than 0
 * @param callTimeout for a whole call, more than 0
 * @param maxAnswerSize most bytes of an answer, which holds the picture in Base64; from 1 byte to 1 GiB
 * @param reqKey the model
 * @param onlyMask what it hands out; 3: the cut-out in full size, with alpha
 * @param refineMask how much it refines the edge
 * @param rgb the colour it puts behind the cut-out; -1 three times: none
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
        @DefaultValue @NestedConfigurationProperty StageProperties stage) {

    MattingProperties {
        if (HttpUrl.get(baseUrl) == null) {
            throw new IllegalArgumentException(
                    "pawline.matting.base-url must be an absolute http or https address, was " + baseUrl);
        }
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

    /** The same as the client wants them. */
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

    /** Without the keys. */
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

    private static void requirePositive(String name, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("pawline.matting.%s must be > 0, was %s".formatted(name, value));
        }
    }
}
