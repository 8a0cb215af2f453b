package io.pawline.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.taskstore.Scope;
import io.pawline.testkit.RawExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks whom ops-service takes for signed in when a proxy stands before it. */
class ProxySignInIT {

    private static final String SECRET = "a secret of the proxy, long enough";
    private static final String PROXY = "Pawline-Proxy-Secret: " + SECRET;
    private static final String DISCARD = """
            {"filter":{"reason":"no_pet"},"why":"walls have no fur"}""";

    private static final TestingOps OPS = new TestingOps(
            TestingDatabase.create(),
            "--pawline.ops.open-access=false",
            "--pawline.ops.sign-in.secret=" + SECRET,
            "--pawline.ops.sign-in.groups-header=X-Auth-Groups",
            "--pawline.ops.sign-in.operators=night-shift,founders");

    @AfterAll
    static void close() {
        OPS.close();
    }

    @Test
    void whoIsSignedInMayLookAndItsGroupMayAct() {
        assertThat(ask("GET", "/v1/dead-letters", PROXY, "X-Forwarded-User: lin@example.com"))
                .startsWith("HTTP/1.1 200");
        assertThat(ask("POST", "/v1/dead-letters/discard", PROXY, "X-Forwarded-User: bob", "X-Auth-Groups: readers"))
                .startsWith("HTTP/1.1 403");
        assertThat(ask(
                        "POST",
                        "/v1/dead-letters/discard",
                        PROXY,
                        "X-Forwarded-User: ann@example.com",
                        "X-Auth-Groups: readers, night-shift"))
                .startsWith("HTTP/1.1 200")
                .contains("Pawline-Operator: ann%40example.com");

        TestingOps reader = OPS.as(OPS.newKey("default", "reader", Scope.READ));
        assertThat(reader.get("/v1/audit").json().at("/audit/0/by").asString(""))
                .isEqualTo("ann@example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-User: ann                                                           | 401",
                "Pawline-Proxy-Secret: guessed; X-Forwarded-User: ann                            | 401",
                "Pawline-Proxy-Secret:; X-Forwarded-User: ann                                    | 401",
                "SECRET; Pawline-Proxy-Secret: guessed; X-Forwarded-User: ann                    | 401",
                "SECRET                                                                          | 401",
                "SECRET; X-Forwarded-User:                                                       | 401",
                "SECRET; X-Forwarded-User: ann; X-Forwarded-User: bob                            | 401",
                "SECRET; X-Forwarded-User: ann; Sec-Fetch-Site: cross-site                       | 403",
                "SECRET; X-Forwarded-User: ann; Sec-Fetch-Site: same-site                        | 403",
                "SECRET; X-Forwarded-User: ann; Sec-Fetch-Site: same-origin                      | 200",
            })
    void onlyTheProxysOwnWordSignsSomebodyIn(String headers, int status) {
        assertThat(ask(
                        "GET",
                        "/v1/dead-letters",
                        headers.replace("SECRET", PROXY).split("; ")))
                .startsWith("HTTP/1.1 " + status);
    }

    private static String ask(String method, String path, String... headers) {
        String body = method.equals("POST") ? DISCARD : "";
        String request = "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                        .formatted(method, path)
                + "Content-Length: " + body.length() + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n" + body;
        return RawExchange.send(OPS.port(), request.getBytes(ISO_8859_1));
    }
}
