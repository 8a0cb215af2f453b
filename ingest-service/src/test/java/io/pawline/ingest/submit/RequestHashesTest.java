package io.pawline.ingest.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RequestHashesTest {

    private static final String URL = "https://photos.example/cat.jpg";

    @Test
    void eachFieldMakesAnotherRequest() {
        List<TaskRequest> requests = List.of(
                request(URL, "ink", null, null, null, false),
                request(URL + "?2", "ink", null, null, null, false),
                request(null, "ink", null, null, null, false),
                request(URL, "oil", null, null, null, false),
                request(URL, null, "ink", null, null, false),
                request(URL, "ink", "https://shop.example/callback", null, null, false),
                request(URL, "ink", null, "{\"order\":1}", null, false),
                request(URL, "ink", null, null, "2026-11-23T12:00:00Z", false),
                request(URL, "ink", null, null, null, true),
                request(URL, "ink", null, null, null, false).with(ByteBuffer.wrap(new byte[] {1})),
                request(URL, "ink", null, null, null, false).with(ByteBuffer.wrap(new byte[] {1, 2})));

        assertThat(requests.stream().map(RequestHashes::ofRequest)).doesNotHaveDuplicates();
    }

    @Test
    void textThatMovesToTheNextFieldMakesAnotherRequest() {
        assertThat(RequestHashes.ofRequest(request("ab", "c", null, null, null, false)))
                .isNotEqualTo(RequestHashes.ofRequest(request("a", "bc", null, null, null, false)));
    }

    @Test
    void theOrderOfFieldsMakesNone() {
        assertThat(RequestHashes.ofRequest(request(URL, "ink", null, "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", null, false)))
                .isEqualTo(RequestHashes.ofRequest(
                        request(URL, "ink", null, "{\"b\":{\"d\":3,\"c\":2},\"a\":1}", null, false)));
        assertThat(RequestHashes.ofRequest(request(URL, "ink", null, "null", null, false)))
                .isEqualTo(RequestHashes.ofRequest(request(URL, "ink", null, null, null, false)));
    }

    /** Else a repeat across an upgrade would be taken for another request. */
    @Test
    void aHashStaysWhatItWas() {
        assertThat(RequestHashes.ofRequest(request(URL, "ink", null, null, null, false)))
                .isEqualTo("e4e44bfee61184ead36e363c3449cd99516fd000f763195ac62aae61525a2953");
    }

    @Test
    void thePhotoCanStillBeReadAfterwards() {
        ByteBuffer photo = ByteBuffer.wrap("photo".getBytes(UTF_8));

        RequestHashes.ofRequest(request(null, "ink", null, null, null, false).with(photo));

        assertThat(photo.remaining()).isEqualTo(5);
    }

    private static TaskRequest request(
            @Nullable String imageUrl,
            @Nullable String style,
            @Nullable String callbackUrl,
            @Nullable String metadata,
            @Nullable String notBefore,
            boolean again) {
        return new TaskRequest(
                imageUrl,
                null,
                null,
                style,
                callbackUrl,
                null,
                null,
                null,
                null,
                metadata == null ? null : JsonMapper.shared().readTree(metadata),
                notBefore,
                again);
    }
}
