package io.pawline.ops.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pawline.schemas.Reason;
import io.pawline.schemas.Stage;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void bothLanguagesSayTheSame() {
        assertThat(keys("zh")).isEqualTo(keys("en"));
        keys("en").forEach(key -> {
            assertThat(places("zh", key)).as(key).isEqualTo(places("en", key));
            assertThat(columns("zh", key)).as(key).isEqualTo(columns("en", key));
        });
    }

    @Test
    void everyStageReasonFamilyVerdictAndWasteHasItsWords() {
        for (String language : Words.LANGUAGES) {
            assertThat(keys(language))
                    .containsAll(Arrays.stream(Reason.values())
                            .map(reason -> "reason." + reason.code())
                            .toList())
                    .containsAll(Arrays.stream(Stage.values())
                            .map(stage -> "stage." + stage.code())
                            .toList());
            Words words = new Words(language, ZoneOffset.UTC);
            for (Family family : Family.values()) {
                assertThat(words.family(family)).isNotBlank();
            }
            for (Report.Verdict verdict : Report.Verdict.values()) {
                assertThat(words.say("verdict." + verdict.name().toLowerCase(Locale.ROOT), "a", "b", "c"))
                        .isNotBlank();
            }
            for (ReportCost.Waste waste : ReportCost.Waste.values()) {
                assertThat(words.say("waste." + waste.name().toLowerCase(Locale.ROOT)))
                        .isNotBlank();
            }
        }
    }

    @Test
    void whatHasNoWordsIsSaidAsItIs() {
        assertThat(new Words("zh", ZoneOffset.UTC).reason("brand_new")).isEqualTo("brand_new");
    }

    private static ResourceBundle bundle(String language) {
        return ResourceBundle.getBundle("io.pawline.ops.report.report", Locale.of(language));
    }

    private static Set<String> keys(String language) {
        return new TreeSet<>(bundle(language).keySet());
    }

    private static Set<String> places(String language, String key) {
        Set<String> places = new TreeSet<>();
        var found = Pattern.compile("\\{\\d}").matcher(bundle(language).getString(key));
        while (found.find()) {
            places.add(found.group());
        }
        return places;
    }

    private static int columns(String language, String key) {
        return bundle(language).getString(key).split("\\|", -1).length;
    }
}
