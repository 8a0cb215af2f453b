package io.pawline.outbound.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookSignerTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);

    @Test
    void signsTheExampleOfTheStandard() {
        assertThat(new WebhookSigner("pawline.callback.secrets", List.of(SECRET)).sign(ID, AT, BODY))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void signsWithEverySecretInOrder() {
        String newer = "whsec_" + "QUJD".repeat(8);
        WebhookSigner signer = new WebhookSigner("pawline.callback.secrets", List.of(newer, SECRET));
        String signatures = signer.sign(ID, AT, BODY);
        assertThat(signer.signatures()).isEqualTo(2);
        assertThat(List.of(signatures.split(" ", -1)))
                .hasSize(2)
                .last()
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void namesTheSecretThatIsNotValidWithoutItsValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSigner("pawline.callback.secrets", List.of(SECRET, "whsec_not!base64")))
                .withMessageContaining("pawline.callback.secrets[1]")
                .withNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("not!base64"));
    }
}
