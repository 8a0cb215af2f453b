package io.pawline.outbound.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WebhookSecretsTest {

    private static final String MASTER = "bWFzdGVyLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=";
    private static final String NEWER_MASTER = "bmV3ZXItbWFzdGVyLXNlY3JldC1vZi10ZXN0cy0zMi1ieXRlcw==";
    private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OF_SHOP = "whsec_" + "QUJD".repeat(8);

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);

    // Not a constant: the library refuses a callback that is old
    private final Instant at = Instant.now();

    private record Version(String tenant, int version) {}

    @Property(tries = 500)
    void noSecretVerifiesTheSignatureOfAnotherOne(
            @ForAll("tenants") String tenant,
            @ForAll @IntRange(min = 1, max = 300) int version,
            @ForAll("tenants") String other,
            @ForAll @IntRange(min = 1, max = 300) int otherVersion) {
        Assume.that(!new Version(tenant, version).equals(new Version(other, otherVersion)));
        WebhookSecrets secrets = derived();

        String signatures = secrets.signer(tenant, List.of(version), true).sign(ID, at, BODY);

        assertThat(verifies(secrets.derived(tenant, version).orElseThrow(), signatures))
                .isTrue();
        assertThat(verifies(secrets.derived(other, otherVersion).orElseThrow(), signatures))
                .isFalse();
    }

    /** Names that a careless concatenation of name and number would confuse are in it: {@code a} 11 and {@code a1} 1. */
    @Provide
    Arbitrary<String> tenants() {
        return Arbitraries.strings().withChars("a1").ofMinLength(1).ofMaxLength(4);
    }

    /** Receivers hold these secrets, so no release may derive others. */
    @Test
    void derivesTheSameSecretsForEver() throws GeneralSecurityException {
        byte[] info =
                ByteBuffer.allocate(8).putInt(2).put("shop".getBytes(UTF_8)).array();
        byte[] extracted = hmac(
                "pawline webhook secret".getBytes(UTF_8), Base64.getDecoder().decode(MASTER));
        byte[] expanded = hmac(
                extracted,
                ByteBuffer.allocate(info.length + 1).put(info).put((byte) 1).array());

        assertThat(derived().derived("shop", 2))
                .contains("whsec_" + Base64.getEncoder().encodeToString(expanded));
        assertThat(derived().derived("shop", 2)).contains("whsec_Ky59mhZ25FLr1XVmm0Cp60ldLD6zcCRTpngW4oIalWg=");
    }

    @Test
    void aMasterSecretHasThirtyTwoBytesOrMore() {
        assertThat(new WebhookSecrets(List.of(ofBytes(32)), List.of(), Map.of()).derivesSecrets())
                .isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSecrets(List.of(ofBytes(31)), List.of(), Map.of()))
                .withMessageContaining("at least 32 random bytes");
    }

    private static String ofBytes(int length) {
        return Base64.getEncoder().encodeToString(new byte[length]);
    }

    @Test
    void theSharedSecretIsForTenantsWithoutSecretsOfTheirOwn() {
        WebhookSecrets secrets = new WebhookSecrets(List.of(MASTER), List.of(SHARED), Map.of("shop", List.of(OF_SHOP)));

        assertThat(secrets.maySignShared("other")).isTrue();
        assertThat(secrets.maySignShared("shop")).isFalse();
        assertThat(derived().maySignShared("other")).as("there is none").isFalse();
    }

    @Test
    void bothVersionsSignDuringARotation() {
        WebhookSecrets secrets = derived();
        String signatures = secrets.signer("shop", List.of(3, 2), true).sign(ID, at, BODY);

        assertThat(verifies(secrets.derived("shop", 3).orElseThrow(), signatures))
                .isTrue();
        assertThat(verifies(secrets.derived("shop", 2).orElseThrow(), signatures))
                .isTrue();
        assertThat(verifies(secrets.derived("shop", 1).orElseThrow(), signatures))
                .isFalse();
    }

    @Test
    void theSharedSecretSignsFirstUntilItIsSwitchedOff() {
        WebhookSecrets secrets = new WebhookSecrets(List.of(MASTER), List.of(SHARED), Map.of());

        String with = secrets.signer("shop", List.of(1), true).sign(ID, at, BODY);
        String without = secrets.signer("shop", List.of(1), false).sign(ID, at, BODY);

        assertThat(verifies(SHARED, with.substring(0, with.indexOf(' ')))).isTrue();
        assertThat(verifies(secrets.derived("shop", 1).orElseThrow(), with)).isTrue();
        assertThat(verifies(SHARED, without)).isFalse();
        assertThat(verifies(secrets.derived("shop", 1).orElseThrow(), without)).isTrue();
    }

    @Test
    void secretsOfATenantInTheSettingsReplaceTheSharedOnes() {
        WebhookSecrets secrets = new WebhookSecrets(List.of(MASTER), List.of(SHARED), Map.of("shop", List.of(OF_SHOP)));

        String ofShop = secrets.signer("shop", List.of(1), true).sign(ID, at, BODY);
        String ofOther = secrets.signer("other", List.of(1), true).sign(ID, at, BODY);

        assertThat(verifies(OF_SHOP, ofShop)).isTrue();
        assertThat(verifies(secrets.derived("shop", 1).orElseThrow(), ofShop)).isTrue();
        assertThat(verifies(SHARED, ofShop)).isFalse();
        assertThat(verifies(OF_SHOP, ofOther)).isFalse();
        assertThat(verifies(SHARED, ofOther)).isTrue();
    }

    @Test
    void withoutAMasterSecretTheSharedOneAlwaysSigns() {
        WebhookSecrets secrets = new WebhookSecrets(List.of(), List.of(SHARED), Map.of());

        assertThat(secrets.derivesSecrets()).isFalse();
        assertThat(secrets.derived("shop", 1)).isEmpty();
        assertThat(verifies(SHARED, secrets.signer("shop", List.of(1), false).sign(ID, at, BODY)))
                .isTrue();
    }

    @Test
    void anOlderMasterSecretSignsButIsNotShown() {
        WebhookSecrets secrets = new WebhookSecrets(List.of(NEWER_MASTER, MASTER), List.of(), Map.of());
        String signatures = secrets.signer("shop", List.of(1), true).sign(ID, at, BODY);

        assertThat(verifies(derived().derived("shop", 1).orElseThrow(), signatures))
                .isTrue();
        assertThat(verifies(secrets.derived("shop", 1).orElseThrow(), signatures))
                .isTrue();
        assertThat(secrets.derived("shop", 1)).isNotEqualTo(derived().derived("shop", 1));
    }

    @Test
    void neverLeavesACallbackUnsigned() {
        WebhookSecrets none = new WebhookSecrets(List.of(), List.of(), Map.of());
        assertThatIllegalStateException()
                .isThrownBy(() -> none.signer("shop", List.of(1), true))
                .withMessageContaining("pawline.callback.master-secrets")
                .withMessageContaining("pawline.callback.secrets");
        assertThatIllegalArgumentException()
                .isThrownBy(none::requireSecretsForAllTenants)
                .withMessageContaining("pawline.callback.master-secrets")
                .withMessageContaining("pawline.callback.secrets");
    }

    @Test
    void namesTheSecretThatIsNotValidWithoutItsValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new WebhookSecrets(List.of(), List.of(SHARED), Map.of("shop", List.of("whsec_no!64"))))
                .withMessageContaining("pawline.callback.tenant-secrets.shop[0]")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("no!64"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookSecrets(List.of(), List.of(SHARED), Map.of("shop", List.of())))
                .withMessageContaining("pawline.callback.tenant-secrets.shop is empty");
        for (String master : List.of("too!odd", "c2hvcnQ=", "")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new WebhookSecrets(List.of(MASTER, master), List.of(), Map.of()))
                    .withMessageContaining("pawline.callback.master-secrets[1]")
                    .withNoCause()
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("too!odd", "c2hvcnQ"));
        }
    }

    private static WebhookSecrets derived() {
        return new WebhookSecrets(List.of(MASTER), List.of(), Map.of());
    }

    private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    /** Verifies as a receiver does, with the library of the standard. */
    private boolean verifies(String secret, String signatures) {
        Map<String, List<String>> headers = Map.of(
                "webhook-id",
                List.of(ID),
                "webhook-timestamp",
                List.of(Long.toString(at.getEpochSecond())),
                "webhook-signature",
                List.of(signatures));
        try {
            new Webhook(secret).verify(new String(BODY, UTF_8), headers);
            return true;
        } catch (WebhookVerificationException refused) {
            return false;
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
