package io.pawline.ops.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.ops.deadletters.SearchText.Question;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "It is down. | it is down.",
                "额度不足 | ~ 额度 度不 不足 足 ~",
                "seedream额度，v2 | ~seedream 额度 度 ,v2~",
                "ＨＴＴＰ　５０３ | http 503",
                "𠮷野家 | ~ 𠮷野 野家 家 ~",
            })
    void writesRunsWithoutSpacesAsPairs(String text, String written) {
        assertThat(SearchText.of(text)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "quota -trial | quota -trial | ~~",
                "额度 | ~\"额度\"~ | ~~",
                "额度不足 quota | ~\"额度 度不 不足\"  quota~ | ~~",
                "-额度 | ~-\"额度\"~ | ~~",
                "~\"seedream 额度\"~ | ~\"seedream  额度 \"~ | ~~",
                "猫 | ~~ | ~'猫':*~",
                "quota -猫 | quota | ~!'猫':*~",
            })
    void asksForPhrasesOfPairs(String text, String words, String prefixes) {
        assertThat(SearchText.question(text)).isEqualTo(new Question(words, prefixes));
    }
}
