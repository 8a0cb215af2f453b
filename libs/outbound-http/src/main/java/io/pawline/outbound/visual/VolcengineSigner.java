package io.pawline.outbound.visual;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import okhttp3.HttpUrl;

/**
 * Signs requests to Volcengine with HMAC-SHA256, according to the
 * <a href="https://www.volcengine.com/docs/6369/67269">signature of its OpenAPI</a>. A signature holds the time, so
 * every attempt needs a new one. Thread-safe.
 */
final class VolcengineSigner {

    private static final String ALGORITHM = "HMAC-SHA256";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final VisualCredentials credentials;
    private final String region;
    private final String service;
    private final Clock clock;

    VolcengineSigner(VisualCredentials credentials, String region, String service, Clock clock) {
        this.credentials = credentials;
        this.region = region;
        this.service = service;
        this.clock = clock;
    }

    /**
     * The headers of the signed request. All of them have to be sent, with exactly this body.
     *
     * @param contentType content type of the body; it has to be sent without an added charset
     */
    Map<String, String> sign(String method, HttpUrl url, String contentType, byte[] body) {
        String date = DATE.format(clock.instant());
        String bodyHash = sha256(body);
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", contentType);
        headers.put("Host", host(url));
        headers.put("X-Content-Sha256", bodyHash);
        headers.put("X-Date", date);
        credentials.sessionToken().ifPresent(token -> headers.put("X-Security-Token", token));

        String signedHeaders =
                headers.keySet().stream().map(VolcengineSigner::lowerCase).collect(Collectors.joining(";"));
        String canonical =
                String.join("\n", method, url.encodedPath(), query(url), lines(headers), signedHeaders, bodyHash);
        String scope = String.join("/", date.substring(0, 8), region, service, "request");
        String toSign = String.join("\n", ALGORITHM, date, scope, sha256(canonical.getBytes(UTF_8)));
        String signature = HexFormat.of().formatHex(hmac(signingKey(date.substring(0, 8)), toSign));

        headers.put(
                "Authorization",
                "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(ALGORITHM, credentials.accessKey(), scope, signedHeaders, signature));
        return headers;
    }

    private byte[] signingKey(String day) {
        byte[] key = credentials.secretKey().getBytes(UTF_8);
        for (String part : new String[] {day, region, service, "request"}) {
            key = hmac(key, part);
        }
        return key;
    }

    /** The header as it is sent. It has the port unless that is the default of the scheme. */
    private static String host(HttpUrl url) {
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? host : host + ":" + url.port();
    }

    private static String query(HttpUrl url) {
        return url.queryParameterNames().stream()
                .sorted()
                .flatMap(name -> url.queryParameterValues(name).stream()
                        .map(value -> encode(name) + "=" + encode(value == null ? "" : value)))
                .collect(Collectors.joining("&"));
    }

    private static String lines(SortedMap<String, String> headers) {
        return headers.entrySet().stream()
                .map(header ->
                        lowerCase(header.getKey()) + ":" + header.getValue().strip() + "\n")
                .collect(Collectors.joining());
    }

    /** <a href="https://www.rfc-editor.org/rfc/rfc3986#section-2.3">RFC 3986</a>; the JDK's encoder is for forms. */
    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String lowerCase(String header) {
        return header.toLowerCase(Locale.ROOT);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
