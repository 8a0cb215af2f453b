package io.pawline.e2e;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    /** Who reads the settings of a group, in the reference's order. */
    private static final List<Map.Entry<String, String>> GROUPS = List.of(
            Map.entry("pawline", "All services with a stage."),
            Map.entry("pawline.tracing", "All services: where the traces go, see [tracing](monitoring.md#tracing)."),
            Map.entry(
                    "pawline.database",
                    "ingest-service, callback-service and ops-service: the task table in PostgreSQL, and what is beside it."),
            Map.entry("pawline.image-store", "All services but generate-service: the bytes of the images."),
            Map.entry("pawline.outbound", "All services that call addresses which came from outside."),
            Map.entry("pawline.ark", "detect-service and generate-service: the provider of both."),
            Map.entry("pawline.ingest", "ingest-service."),
            Map.entry("pawline.setup", "ingest-service, when its argument is `setup`."),
            Map.entry("pawline.detect", "detect-service."),
            Map.entry("pawline.generate", "generate-service."),
            Map.entry("pawline.matting", "matting-service."),
            Map.entry(
                    "pawline.finalize",
                    "finalize-service. It calls no provider: of its stage, the limit, the breaker and the cost do nothing."),
            Map.entry(
                    "pawline.callback",
                    "callback-service. Its own file sets other defaults for its stage: `max-in-flight` 512, `max-retry-time` 12h, `first-delay` 5s, `breaker-calls` 20. The adaptive limit and the breaker are those of each receiver; `max-attempts` does nothing, for the schedule decides."),
            Map.entry("pawline.ops", "ops-service."));

    private final Map<String, List<Setting>> settings =
            Setting.all().stream().collect(groupingBy(Setting::group, TreeMap::new, toList()));

    @Test
    void everyGroupOfSettingsHasItsPlaceInTheReference() {
        assertThat(settings.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        GROUPS.stream().map(Map.Entry::getKey).toList());
    }

    @Test
    void everySettingIsDescribed() {
        assertThat(Setting.all())
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(setting.description())
                        .as("@param of %s in %s", setting.name(), setting.sourceType())
                        .isNotBlank());
    }

    /** Spring's processor looks for the text of a tag and finds that of "mode" in that of "model", if "model" comes first. */
    @Test
    void noSettingHasTheDescriptionOfAnotherWhoseNameBeginsLikeIt() {
        List<Setting> all = Setting.all();

        assertThat(all)
                .allSatisfy(setting -> assertThat(all)
                        .filteredOn(other -> other.name().startsWith(setting.name()) && !other.equals(setting))
                        .allSatisfy(longer -> assertThat(setting.description())
                                .as("@param of %s must stand above that of %s", setting.name(), longer.name())
                                .doesNotEndWith(" " + longer.description())));
    }

    @Test
    void theReferenceListsEverySetting() {
        new GeneratedSection("docs/operator/configuration.md", "settings")
                .shouldBe(GROUPS.stream()
                        .map(group -> section(group.getKey(), group.getValue()))
                        .collect(joining("\n")));
    }

    private String section(String group, String readers) {
        return "### `" + group + "`\n\n" + readers + "\n\n"
                + GeneratedSection.header("Setting", "Value", "Default", "Meaning")
                + settings.getOrDefault(group, List.of()).stream()
                        .map(setting -> GeneratedSection.row(
                                "`" + setting.name() + "`",
                                setting.typeForPeople(),
                                setting.defaultForPeople(),
                                setting.description()))
                        .collect(joining());
    }
}
