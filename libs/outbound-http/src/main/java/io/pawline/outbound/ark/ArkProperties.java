package io.pawline.outbound.ark;

import java.net.URI;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of Volcengine Ark, which serves the vision model and the text-to-image model: {@code pawline.ark.*}.
 *
 * @param baseUrl Address of Ark's API, without the path of a single call.
 * @param apiKey Key of the Ark account. It is sent as bearer token.
 */
@ConfigurationProperties("pawline.ark")
public record ArkProperties(
        @DefaultValue("https://ark.cn-beijing.volces.com/api/v3")
        URI baseUrl,

        String apiKey) {

    public ArkProperties {
        if (HttpUrl.get(baseUrl) == null) {
            throw new IllegalArgumentException(
                    "pawline.ark.base-url must be an absolute http or https address, was " + baseUrl);
        }
        requireKey(apiKey);
    }

    /**
     * Returns the settings of another API of the same format.
     *
     * @param otherUrl null: this one's
     * @param otherKey null: this one's
     */
    public ArkProperties with(@Nullable URI otherUrl, @Nullable String otherKey) {
        return new ArkProperties(otherUrl == null ? baseUrl : otherUrl, otherKey == null ? apiKey : otherKey);
    }

    private static void requireKey(@Nullable String apiKey) {
        if (apiKey == null || apiKey.isBlank()) {
            throw new IllegalArgumentException("pawline.ark.api-key is not set; it is the key of the Ark account");
        }
        if (!apiKey.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException("pawline.ark.api-key holds characters that no key has, such as spaces");
        }
    }

    /** The settings without the key. */
    @Override
    public String toString() {
        return "ArkProperties[baseUrl=" + baseUrl + ", apiKey=…]";
    }
}
