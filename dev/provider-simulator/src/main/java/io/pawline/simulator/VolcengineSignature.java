package io.pawline.simulator;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies Volcengine's HMAC-SHA256 signature. It is written from the <a
 * href="https://www.volcengine.com/docs/6369/67269">specification</a>, independently of the signer that Pawline sends
 * with, so that the two check each other.
 */
final class VolcengineSignature {

    static final String REGION = "cn-north-1";
    static final String SERVICE = "cv";

    private static final Duration VALID = Duration.ofMinutes(15);
    private static final DateTimeFormatter X_DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final Pattern AUTHORIZATION = Pattern.compile(
            "HMAC-SHA256 Credential=([^/,\\s]+)/(\\d{8})/([^/,\\s]+)/([^/,\\s]+)/request, *SignedHeaders=([a-z0-9;-]+), *"
                    + "Signature=([0-9a-f]{64})");
    private static final List<String> ALWAYS_SIGNED = List.of("host", "x-content-sha256", "x-date");

    private final String accessKey;
    private final String secretKey;
    private final Clock clock;

    VolcengineSignature(String accessKey, String secretKey, Clock clock) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.clock = clock;
    }

    /** The error that the gateway finds in a call. */
    record Wrong(int number, String code, int status, String message) {}

    /** Finds the error in the call's signature; empty if there is none. */
    Optional<Wrong> check(SimulatedCall simulatedCall) {
        Matcher authorization =
                AUTHORIZATION.matcher(simulatedCall.header("Authorization").orElse(""));
        if (!authorization.matches()) {
            return mismatch("the Authorization header is missing or not of the form HMAC-SHA256 Credential=…");
        }
        if (!authorization.group(1).equals(accessKey)) {
            return Optional.of(new Wrong(100009, "InvalidAccessKey", 401, "The access key is unknown."));
        }
        String date = simulatedCall.header("X-Date").orElse("");
        if (!isRecent(date)) {
            return Optional.of(new Wrong(
                    100006, "InvalidTimestamp", 400, "X-Date is missing or more than 15 minutes from this clock."));
        }
        List<String> signed = List.of(authorization.group(5).split(";"));
        if (!signed.containsAll(ALWAYS_SIGNED) || !signed.equals(List.copyOf(new TreeSet<>(signed)))) {
            return mismatch("SignedHeaders must be sorted and hold " + String.join(", ", ALWAYS_SIGNED));
        }
        String scope = String.join("/", date.substring(0, 8), REGION, SERVICE, "request");
        String claimed =
                String.join("/", authorization.group(2), authorization.group(3), authorization.group(4), "request");
        if (!claimed.equals(scope)) {
            return mismatch("the credential's scope must be " + scope);
        }
        String bodyHash = Hashes.sha256(simulatedCall.body());
        if (!bodyHash.equals(simulatedCall.header("X-Content-Sha256").orElse(""))) {
            return mismatch("X-Content-Sha256 is not the hash of the body");
        }
        byte[] expected = signature(simulatedCall, signed, date, scope, bodyHash);
        byte[] actual = HexFormat.of().parseHex(authorization.group(6));
        return MessageDigest.isEqual(expected, actual)
                ? Optional.empty()
                : mismatch("the signature is not the one calculated here");
    }

    private byte[] signature(
            SimulatedCall simulatedCall, List<String> signed, String date, String scope, String bodyHash) {
        StringBuilder canonical = new StringBuilder()
                .append(simulatedCall.method())
                .append('\n')
                .append(simulatedCall.rawPath())
                .append('\n')
                .append(query(simulatedCall))
                .append('\n');
        for (String name : signed) {
            canonical
                    .append(name)
                    .append(':')
                    .append(simulatedCall.header(name).orElse("").strip())
                    .append('\n');
        }
        canonical.append('\n').append(String.join(";", signed)).append('\n').append(bodyHash);
        String text = String.join(
                "\n",
                "HMAC-SHA256",
                date,
                scope,
                Hashes.sha256(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        byte[] key = secretKey.getBytes(StandardCharsets.UTF_8);
        for (String part : List.of(date.substring(0, 8), REGION, SERVICE, "request")) {
            key = Hashes.hmac(key, part);
        }
        return Hashes.hmac(key, text);
    }

    private static String query(SimulatedCall simulatedCall) {
        return simulatedCall.queryNames().stream()
                .sorted()
                .flatMap(name -> simulatedCall.queryValues(name).stream()
                        .sorted()
                        .map(value -> encoded(name) + "=" + encoded(value)))
                .reduce((one, next) -> one + "&" + next)
                .orElse("");
    }

    /** Encodes as RFC 3986 does, which differs from HTML forms in three characters. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private boolean isRecent(String date) {
        try {
            Instant sent = LocalDateTime.parse(date, X_DATE).toInstant(ZoneOffset.UTC);
            return Duration.between(sent, clock.instant()).abs().compareTo(VALID) <= 0;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Optional<Wrong> mismatch(String why) {
        return Optional.of(
                new Wrong(100010, "SignatureDoesNotMatch", 401, "The request signature does not match: " + why + "."));
    }
}
