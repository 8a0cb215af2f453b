package io.pawline.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserUrlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '~',
            value = {
                "https://photos.example/cat.jpg?size=large https://photos.example/cat.jpg?size=large",
                "~https://photos.example/my cat.jpg~ https://photos.example/my%20cat.jpg",
                "~  https://photos.example/cat.jpg\n~ https://photos.example/cat.jpg",
                "https://photos.example/猫.jpg?名=大|小 "
                        + "https://photos.example/%E7%8C%AB.jpg?%E5%90%8D=%E5%A4%A7%7C%E5%B0%8F",
                "https://photos.example/a|b[c]{d}^e`f\"g<h>.jpg "
                        + "https://photos.example/a%7Cb%5Bc%5D%7Bd%7D%5Ee%60f%22g%3Ch%3E.jpg",
                "https://photos.example/100%.jpg https://photos.example/100%25.jpg",
                "https://photos.example/a%20b%2Fc.jpg https://photos.example/a%20b%2Fc.jpg",
                "https://例え.jp/cat.jpg https://xn--r8jz45g.jp/cat.jpg",
                "https://BÜCHER.example/cat.jpg https://xn--bcher-kva.example/cat.jpg",
                "HTTP://photos.example:80 http://photos.example/",
                "https://photos.example\\a\\b.jpg https://photos.example/a/b.jpg",
                "http://[::1]/cat.jpg http://[::1]/cat.jpg",
            })
    void readsAnAddressAsABrowserDoes(String text, String url) {
        assertThat(BrowserUrl.parse(text)).contains(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "cat.jpg",
                "//photos.example/cat.jpg",
                "ftp://photos.example/cat.jpg",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https:photos.example/cat.jpg",
                "https:///photos.example/cat.jpg",
                "https://",
                "https://?a",
                "https://photos example/cat.jpg",
                "https://photos.example:99999/cat.jpg",
                "https://[::1/cat.jpg",
                "https://photos.example/a\nb.jpg",
                "https://photos.example/a\u0000b.jpg",
                "https://photos.example/a\ud800b.jpg",
            })
    void takesNothingElse(String text) {
        assertThat(BrowserUrl.parse(text)).isEmpty();
    }

    @Property(tries = 2000)
    void givesAnAsciiUriThatReadsTheSame(@ForAll String path, @ForAll String query) {
        Optional<URI> url = BrowserUrl.parse("https://photos.example/" + path + "?" + query);
        url.ifPresent(read -> {
            assertThat(read.toString()).matches("[!-~]*");
            assertThat(read.getHost()).isEqualTo("photos.example");
            assertThat(BrowserUrl.parse(read.toString())).contains(read);
        });
    }
}
