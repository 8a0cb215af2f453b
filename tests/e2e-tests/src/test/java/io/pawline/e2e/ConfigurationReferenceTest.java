package io.pawline.e2e;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pawline.schemas.Stage;
import io.pawline.service.SettingsCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {

    /** Who reads the settings of a group, in the reference's order. */
    private static final List<Map.Entry<String, String>> GROUPS = List.of(
            Map.entry(
                    "pawline",
                    "All services. See [several installations](cluster.md#several-installations-on-one-kafka-cluster)."),
            Map.entry(
                    "pawline.tracing",
                    "All services. The traces go where these settings say, see [tracing](monitoring.md#tracing)."),
            Map.entry(
                    "pawline.database",
                    "ingest-service, callback-service and ops-service. All tables of Pawline are in one PostgreSQL database."),
            Map.entry("pawline.image-store", "All services but generate-service. The bytes of the images are there."),
            Map.entry(
                    "pawline.label",
                    "matting-service and finalize-service. Give both the same values, see [labels](labels.md)."),
            Map.entry(
                    "pawline.memory",
                    "detect-service, matting-service and finalize-service. The other stages hold no pictures."),
            Map.entry("pawline.photo", "ingest-service and detect-service. Give both the same values."),
            Map.entry("pawline.outbound", "All services. The limits are for addresses that came from outside."),
            Map.entry("pawline.ark", "detect-service and generate-service. Both call this provider."),
            Map.entry(
                    "pawline.fairness",
                    "ingest-service and every stage, the same in all of them. See"
                            + " [tenants share the stages](day-to-day.md#tenants-share-the-stages)."),
            Map.entry(
                    "pawline.budget",
                    "ingest-service, ops-service and every stage, the same in all of them. See"
                            + " [budgets of tenants](day-to-day.md#budgets-of-tenants)."),
            Map.entry("pawline.ingest", "ingest-service."),
            Map.entry("pawline.setup", "ingest-service, if its argument is `setup`."),
            Map.entry("pawline.detect", "detect-service. See also [every stage](#every-stage)."),
            Map.entry("pawline.generate", "generate-service. See also [every stage](#every-stage)."),
            Map.entry("pawline.matting", "matting-service. See also [every stage](#every-stage)."),
            Map.entry(
                    "pawline.matting-model", "matting-model-service. See [your own matting model](matting-model.md)."),
            Map.entry("pawline.finalize", "finalize-service. See also [every stage](#every-stage)."),
            Map.entry(
                    "pawline.callback",
                    "callback-service. ingest-service reads the secrets. See also [every stage](#every-stage)."),
            Map.entry("pawline.ops", "ops-service."));

    private static final String STAGES = """
            ### Every stage

            Each stage has these settings under its own name: `max-in-flight` of detect is
            `pawline.detect.stage.max-in-flight`. finalize-service calls no provider. So it has no adaptive limit, no
            breaker and no cost. For callback-service, each receiver is a provider, and
            `pawline.callback.retry-schedule` replaces `max-attempts`.

            """;

    private final Map<String, List<Setting>> settings = Setting.all().stream()
            .filter(setting -> setting.stage().isEmpty())
            .collect(groupingBy(Setting::group, TreeMap::new, toList()));

    /** The settings that each stage has under its own name, by what comes after it. */
    private final Map<String, List<Setting>> ofStages = Setting.all().stream()
            .filter(setting -> setting.stage().isPresent())
            .collect(groupingBy(Setting::shortName, TreeMap::new, toList()));

    @Test
    void everyGroupOfSettingsHasItsPlaceInTheReference() {
        assertThat(settings.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        GROUPS.stream().map(Map.Entry::getKey).toList());
    }

    /** A service accepts the settings of others, so it must know which groups there are. */
    @Test
    void servicesKnowEveryGroupOfSettings() {
        assertThat(Setting.all())
                .extracting(setting -> setting.name().split("\\.", -1)[1])
                .hasSameElementsAs(Stream.concat(SettingsCheck.LIBRARIES.stream(), SettingsCheck.SERVICES.stream())
                        .toList());
    }

    @Test
    void everySettingIsDescribed() {
        assertThat(Setting.all())
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(setting.description())
                        .as("@param of %s in %s", setting.name(), setting.sourceType())
                        .isNotBlank());
    }

    @Test
    void aSettingOfStagesMeansTheSameInEachOfThem() {
        assertThat(ofStages.values())
                .isNotEmpty()
                .allSatisfy(same -> assertThat(same)
                        .extracting(Setting::type, Setting::description)
                        .as("type and @param of %s", same.getFirst().shortName())
                        .containsOnly(
                                tuple(same.getFirst().type(), same.getFirst().description())));
    }

    @Test
    void noStageHasASettingWithoutEffect() {
        assertThat(Setting.all())
                .extracting(Setting::name)
                .contains("pawline.detect.stage.breaker", "pawline.detect.stage.max-attempts")
                .doesNotContain(
                        "pawline.finalize.stage.breaker",
                        "pawline.finalize.stage.breaker-calls",
                        "pawline.finalize.stage.breaker-failure-percent",
                        "pawline.finalize.stage.breaker-pause",
                        "pawline.finalize.stage.breaker-max-pause",
                        "pawline.finalize.stage.adaptive-limit",
                        "pawline.finalize.stage.calls-per-second",
                        "pawline.finalize.stage.call-cost",
                        "pawline.callback.stage.max-attempts");
    }

    /**
     * Spring's processor looks for the text of a tag and finds that of "mode" in that of "model", if "model" comes
     * first.
     */
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
                        .map(group -> (group.getKey().equals("pawline.detect") ? stages() + "\n" : "")
                                + section(group.getKey(), group.getValue()))
                        .collect(joining("\n")));
    }

    private String stages() {
        return STAGES
                + GeneratedSection.header("Setting", "Stages", "Value", "Default", "Meaning")
                + ofStages.entrySet().stream()
                        .map(same -> GeneratedSection.row(
                                "`" + same.getKey() + "`",
                                stagesOf(same.getValue()),
                                same.getValue().getFirst().typeForPeople(),
                                defaultsOf(same.getValue()),
                                same.getValue().getFirst().description()))
                        .collect(joining());
    }

    private static String stagesOf(List<Setting> same) {
        List<String> missing = Arrays.stream(Stage.values())
                .map(Stage::code)
                .filter(code ->
                        same.stream().noneMatch(setting -> setting.stage().equals(Optional.of(code))))
                .toList();
        return missing.isEmpty() ? "all" : "all but " + String.join(", ", missing);
    }

    /** The default of most stages, then those of the others. */
    private static String defaultsOf(List<Setting> same) {
        Map<String, List<String>> stagesByDefault = same.stream()
                .collect(groupingBy(
                        Setting::defaultForPeople,
                        mapping(setting -> setting.stage().orElseThrow(), toList())));
        return stagesByDefault.entrySet().stream()
                .sorted(comparingInt(entry -> -entry.getValue().size()))
                .map(entry -> entry.getValue().size() > 1
                        ? entry.getKey()
                        : entry.getValue().getFirst() + ": " + entry.getKey())
                .collect(joining("; "));
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
