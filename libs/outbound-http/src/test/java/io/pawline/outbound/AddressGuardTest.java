package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

    private final TestingDns dns = new TestingDns();
    private final AddressGuard guard = new AddressGuard(AllowList.parse(List.of()), dns);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:2::1",
                "2001:10::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:a00:1::",
                "2002:a9fe:a9fe::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void refusesWhatIsNotPublic(String address) throws UnknownHostException {
        dns.answer("photos.example", address);

        assertThat(guard.objection(literal(address))).isPresent();
        assertThatThrownBy(() -> guard.lookup("photos.example")).isInstanceOf(NoPublicAddressException.class);
        assertThat(PublicAddresses.contain(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "11.0.0.1",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.255.255",
                "172.32.0.1",
                "192.0.1.1",
                "198.17.255.255",
                "198.20.0.1",
                "223.255.255.255",
                "2400:3200::1",
                "2606:4700:4700::1111",
                "2a00:1450::1",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1"
            })
    void acceptsWhatIsPublic(String address) throws UnknownHostException {
        dns.answer("photos.example", address);

        assertThat(guard.objection(literal(address))).isEmpty();
        assertThat(guard.lookup("photos.example")).containsExactly(InetAddress.ofLiteral(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://2130706433/", // 127.0.0.1 in decimal
                "http://0177.0.0.1/", // in octal
                "http://0x7f.0.0.1/",
                "http://0x7f000001/",
                "http://127.1/",
                "http://127.0.0.1./",
                "http://010.8.8.8/",
                "http://8.8.8.8.8/",
                "http://4294967296/",
                "http://256.1.1.1/",
                "http://1.1/"
            })
    void refusesNumbersThatAreNotInTheUsualForm(String url) {
        assertThat(guard.objection(URI.create(url))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://１２７.0.0.1/", // full-width digits
                "http://①②⑦.0.0.1/",
                "http://127。0。0。1/", // ideographic full stops
                "http://127．0．0．1/",
                "http://%31%32%37.0.0.1/",
                "http://%6c%6fcalhost:80@127.0.0.1/",
                "http://017700000001/",
                "http://0X7F.1/",
                "http://[::FFFF:7F00:1]/",
                "http://[0:0:0:0:0:ffff:127.0.0.1]/",
                "http://[fe80::1%25eth0]/"
            })
    void refusesPrivateAddressesInDisguise(String url) {
        assertThat(guard.objection(URI.create(url))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "http://bücher.example/, xn--bcher-kva.example",
        "http://ＳＨＯＰ.example/, shop.example",
        "http://shop.example./, shop.example."
    })
    void looksUpTheNameThatIsCalledAndNoOther(String url, String name) {
        dns.answer(name, "10.0.0.1");
        HttpUrl called = AddressGuard.parse(URI.create(url)).orElseThrow();

        assertThat(guard.objection(called)).isEmpty();
        assertThatThrownBy(() -> guard.lookup(called.host())).isInstanceOf(NoPublicAddressException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://photos.example/a.jpg",
                "file:///etc/passwd",
                "jar:http://photos.example/a!/b",
                "/a.jpg",
                "http:///a.jpg",
                "http://user@photos.example/a.jpg",
                "http://user:secret@photos.example/a.jpg",
                "http://8.8.8.8:secret@127.0.0.1/"
            })
    void refusesOtherSchemesAndCredentials(String url) {
        assertThat(guard.objection(URI.create(url))).isPresent();
    }

    @Test
    void refusesAHostOfWhichOneAddressIsNotPublic() {
        dns.answer("photos.example", "8.8.8.8", "10.0.0.1");

        assertThatThrownBy(() -> guard.lookup("photos.example")).isInstanceOf(NoPublicAddressException.class);
    }

    @Test
    void checksAHostEachTimeItIsLookedUp() throws UnknownHostException {
        dns.answer("photos.example", "8.8.8.8").answer("photos.example", "127.0.0.1");

        assertThat(guard.lookup("photos.example")).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
        assertThatThrownBy(() -> guard.lookup("photos.example")).isInstanceOf(NoPublicAddressException.class);
    }

    @Test
    void looksUpNothingForAnEarlyObjection() {
        assertThat(guard.objection(URI.create("https://photos.example/a.jpg"))).isEmpty();
        assertThat(dns.lookups()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, http://10.1.2.3/",
        "127.0.0.1, http://127.0.0.1:8080/",
        "fd00::/8, http://[fd12::1]/",
        "::1, http://[::1]/",
        "0.0.0.0/0, http://192.168.0.1/"
    })
    void letsAllowedAddressesPass(String allowed, String url) {
        assertThat(allowing(allowed).objection(URI.create(url))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/9, http://10.128.0.1/",
        "127.0.0.1, http://127.0.0.2/",
        "127.0.0.0/8, http://127.1/",
        "fd00::/16, http://[fd01::1]/",
        "0.0.0.0/0, http://[fd12::1]/",
        "::/0, http://10.1.2.3/"
    })
    void allowsNothingElse(String allowed, String url) {
        assertThat(allowing(allowed).objection(URI.create(url))).isPresent();
    }

    @Test
    void letsAllowedHostsPassWhereverTheyAre() throws UnknownHostException {
        dns.answer("minio", "172.18.0.3").answer("other", "172.18.0.4");

        assertThat(allowing("MinIO").lookup("minio")).containsExactly(InetAddress.ofLiteral("172.18.0.3"));
        assertThatThrownBy(() -> allowing("minio").lookup("other")).isInstanceOf(NoPublicAddressException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "300.1.1.1", "fd00::/129", "a host", "", "http://minio", "-"})
    void refusesAnAllowListThatCannotBeRead(String entry) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllowList.parse(List.of(entry)))
                .withMessageContaining("pawline.outbound.allow")
                .withMessageContaining("\"" + entry + "\"");
    }

    private AddressGuard allowing(String allowed) {
        return new AddressGuard(AllowList.parse(List.of(allowed)), dns);
    }

    private static URI literal(String address) {
        return URI.create(address.contains(":") ? "http://[" + address + "]/" : "http://" + address + "/");
    }
}
