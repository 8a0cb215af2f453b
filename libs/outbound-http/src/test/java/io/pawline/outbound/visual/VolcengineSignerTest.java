package io.pawline.outbound.visual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares with signatures that the provider's own SDK made. */
class VolcengineSignerTest {

    private static final String BODY =
            "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"https://example.com/pet.jpg\"],\"only_mask\":3,\"rgb\":[-1,-1,-1],\"refine_mask\":2}";
    private static final String URL = "https://visual.volcengineapi.com/?Action=CVProcess&Version=2022-08-31";

    @Test
    void signsAsTheOfficialSdkDoes() {
        Map<String, String> headers = sign(URL, BODY, null);

        assertThat(headers)
                .containsOnlyKeys("Authorization", "Content-Type", "Host", "X-Content-Sha256", "X-Date")
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Host", "visual.volcengineapi.com")
                .containsEntry("X-Date", "20250816T060000Z")
                .containsEntry("X-Content-Sha256", "740f779eb7f5184e84636a2c8e61437275daa437eb7f641519375bf7c54f4823")
                .containsEntry(
                        "Authorization",
                        "HMAC-SHA256 Credential=AKLTEXAMPLE0000000000000000000000/20250816/cn-north-1/cv/request, "
                                + "SignedHeaders=content-type;host;x-content-sha256;x-date, "
                                + "Signature=190efcd86a6d2e233e1bc35a1bf568a29f42c5be1365ab9de08d2035aa14596d");
    }

    @Test
    void signsTheTokenOfATemporaryKey() {
        Map<String, String> headers = sign(URL, BODY, "STSEXAMPLETOKEN");

        assertThat(headers).containsEntry("X-Security-Token", "STSEXAMPLETOKEN");
        assertThat(headers.get("Authorization"))
                .contains("SignedHeaders=content-type;host;x-content-sha256;x-date;x-security-token, ")
                .endsWith("Signature=3694f874d295421c723d0585e713459d8b75bd0172352bb967ba53a6638cd136");
    }

    @Test
    void signsTheBytesAndNotTheCharacters() {
        Map<String, String> headers =
                sign(URL, "{\"req_key\":\"saliency_seg\",\"image_urls\":[\"https://example.com/\u732b.jpg\"]}", null);

        assertThat(headers)
                .containsEntry("X-Content-Sha256", "449b7a2f5f5131ac95e6634efaa5696776cd29f0f8b94e14e193e6c80721e424");
        assertThat(headers.get("Authorization"))
                .endsWith("Signature=890187e200726eb6c249e3b025962a7fab63783b1ad7cc78a2e0fd1f99f5c39b");
    }

    @Test
    void namesAPortThatIsNotTheUsualOne() {
        assertThat(sign("http://localhost:9100/?Action=CVProcess", BODY, null)).containsEntry("Host", "localhost:9100");
        assertThat(sign("http://[::1]:9100/?Action=CVProcess", BODY, null)).containsEntry("Host", "[::1]:9100");
        assertThat(sign("https://visual.volcengineapi.com:443/", BODY, null))
                .containsEntry("Host", "visual.volcengineapi.com");
    }

    @Test
    void doesNotDependOnTheOrderOfTheQuery() {
        assertThat(sign("https://visual.volcengineapi.com/?Version=2022-08-31&Action=CVProcess", BODY, null))
                .isEqualTo(sign(URL, BODY, null));
    }

    private static Map<String, String> sign(String url, String body, @Nullable String token) {
        VisualCredentials credentials = new VisualCredentials(
                "AKLTEXAMPLE0000000000000000000000", "ExampleSecretKey0123456789abcdef==", Optional.ofNullable(token));
        Clock clock = Clock.fixed(Instant.parse("2025-08-16T06:00:00Z"), ZoneOffset.UTC);
        return new VolcengineSigner(credentials, "cn-north-1", "cv", clock)
                .sign("POST", HttpUrl.get(url), "application/json", body.getBytes(UTF_8));
    }
}
